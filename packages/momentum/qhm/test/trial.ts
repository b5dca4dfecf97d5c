// SPDX-License-Identifier: Apache-2.0

import { QHM } from '@optim/qhm';
import type { Trials } from '@optim/testing';

export const trials: Trials = { QHM: () => new QHM({ learningRate: 0.5, momentum: 0.999, nu: 0.7 }) };
