// SPDX-License-Identifier: Apache-2.0

import { LBFGS } from '@optim/lbfgs';
import type { Trials } from '@optim/testing';

// On small batches: a fixed step, and one pair, since differences are mostly noise.
export const trials: Trials = { LBFGS: () => new LBFGS({ learningRate: 1, historySize: 1 }) };
