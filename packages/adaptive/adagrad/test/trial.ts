// SPDX-License-Identifier: Apache-2.0

import { AdaGrad } from '@optim/adagrad';
import type { Trials } from '@optim/testing';

export const trials: Trials = { AdaGrad: () => new AdaGrad({ learningRate: 1e-2 }) };
