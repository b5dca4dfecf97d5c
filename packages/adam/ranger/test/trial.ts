// SPDX-License-Identifier: Apache-2.0

import { Ranger } from '@optim/ranger';
import type { Trials } from '@optim/testing';

export const trials: Trials = { Ranger: () => new Ranger({ learningRate: 1e-3 }) };
