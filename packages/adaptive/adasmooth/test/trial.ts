// SPDX-License-Identifier: Apache-2.0

import { AdaSmooth } from '@optim/adasmooth';
import type { Trials } from '@optim/testing';

export const trials: Trials = { AdaSmooth: () => new AdaSmooth({ learningRate: 1e-3 }) };
