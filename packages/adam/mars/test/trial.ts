// SPDX-License-Identifier: Apache-2.0

import { MARS } from '@optim/mars';
import type { Trials } from '@optim/testing';

export const trials: Trials = { MARS: () => new MARS({ learningRate: 3e-3 }) };
