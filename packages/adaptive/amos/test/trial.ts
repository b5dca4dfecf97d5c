// SPDX-License-Identifier: Apache-2.0

import { Amos } from '@optim/amos';
import type { Trials } from '@optim/testing';

export const trials: Trials = { Amos: () => new Amos({ learningRate: 0.1, beta: 0.9, reduction: 'unit' }) };
