// SPDX-License-Identifier: Apache-2.0

import { Gravity } from '@optim/gravity';
import type { Trials } from '@optim/testing';

export const trials: Trials = { Gravity: () => new Gravity({ learningRate: 0.1, seed: 1 }) };
