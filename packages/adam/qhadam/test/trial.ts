// SPDX-License-Identifier: Apache-2.0

import { QHAdam } from '@optim/qhadam';
import type { Trials } from '@optim/testing';

export const trials: Trials = { QHAdam: () => new QHAdam({ learningRate: 1e-3, nu1: 0.7, beta1: 0.995 }) };
