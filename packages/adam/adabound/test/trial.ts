// SPDX-License-Identifier: Apache-2.0

import { AdaBound } from '@optim/adabound';
import type { Trials } from '@optim/testing';

export const trials: Trials = { AdaBound: () => new AdaBound({ learningRate: 1e-3 }) };
