// SPDX-License-Identifier: Apache-2.0

import { AdaHessian } from '@optim/adahessian';
import type { Trials } from '@optim/testing';

export const trials: Trials = { AdaHessian: () => new AdaHessian({ learningRate: 0.02 }) };
