// SPDX-License-Identifier: Apache-2.0

import { AdamW } from '@optim/adamw';
import { GPA } from '@optim/gpa';
import type { Trials } from '@optim/testing';

export const trials: Trials = {
  GPA: () => new GPA(new AdamW({ learningRate: 1e-3 }), { evalInterpolation: 0.99 }),
};
