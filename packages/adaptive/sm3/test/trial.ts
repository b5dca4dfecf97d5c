// SPDX-License-Identifier: Apache-2.0

import { SM3 } from '@optim/sm3';
import type { Trials } from '@optim/testing';

export const trials: Trials = { SM3: () => new SM3({ learningRate: 0.1 }) };
