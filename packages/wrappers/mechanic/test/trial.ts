// SPDX-License-Identifier: Apache-2.0

import { AdamW } from '@optim/adamw';
import { Mechanic } from '@optim/mechanic';
import type { Trials } from '@optim/testing';

export const trials: Trials = {
  Mechanic: () => new Mechanic(new AdamW({ learningRate: 1 }), { sInit: 1e-4 }),
};
