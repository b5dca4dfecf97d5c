// SPDX-License-Identifier: Apache-2.0

import { SGDW } from '@optim/sgdw';
import type { Trials } from '@optim/testing';

export const trials: Trials = { SGDW: () => new SGDW({ learningRate: 0.05, momentum: 0.9 }) };
