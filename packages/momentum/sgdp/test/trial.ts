// SPDX-License-Identifier: Apache-2.0

import { SGDP } from '@optim/sgdp';
import type { Trials } from '@optim/testing';

export const trials: Trials = { SGDP: () => new SGDP({ learningRate: 0.1, momentum: 0.9, nesterov: true }) };
