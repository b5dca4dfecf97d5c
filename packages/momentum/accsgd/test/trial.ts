// SPDX-License-Identifier: Apache-2.0

import { AccSGD } from '@optim/accsgd';
import type { Trials } from '@optim/testing';

export const trials: Trials = { AccSGD: () => new AccSGD({ learningRate: 0.1, kappa: 100 }) };
