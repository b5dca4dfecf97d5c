// SPDX-License-Identifier: Apache-2.0

import { LARS } from '@optim/lars';
import type { Trials } from '@optim/testing';

export const trials: Trials = { LARS: () => new LARS({ learningRate: 1 }) };
