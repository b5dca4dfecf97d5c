// SPDX-License-Identifier: Apache-2.0

import { MSVAG } from '@optim/msvag';
import type { Trials } from '@optim/testing';

export const trials: Trials = { MSVAG: () => new MSVAG({ learningRate: 0.1 }) };
