// SPDX-License-Identifier: Apache-2.0

import { ADOPT } from '@optim/adopt';
import type { Trials } from '@optim/testing';

export const trials: Trials = { ADOPT: () => new ADOPT({ learningRate: 1e-3 }) };
