// SPDX-License-Identifier: Apache-2.0

import { AdaShift } from '@optim/adashift';
import type { Trials } from '@optim/testing';

export const trials: Trials = { AdaShift: () => new AdaShift({ learningRate: 0.01 }) };
