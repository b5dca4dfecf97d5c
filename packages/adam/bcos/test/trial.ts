// SPDX-License-Identifier: Apache-2.0

import { BCOS } from '@optim/bcos';
import type { Trials } from '@optim/testing';

export const trials: Trials = { BCOS: () => new BCOS({ learningRate: 1e-3 }) };
