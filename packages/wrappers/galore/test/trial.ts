// SPDX-License-Identifier: Apache-2.0

import { AdamW } from '@optim/adamw';
import { GaLore } from '@optim/galore';
import type { Trials } from '@optim/testing';

export const trials: Trials = {
  GaLore: () => new GaLore(new AdamW({ learningRate: 4e-3, weightDecay: 0 }), { rank: 16 }),
};
