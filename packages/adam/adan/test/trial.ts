// SPDX-License-Identifier: Apache-2.0

import { Adan } from '@optim/adan';
import type { Trials } from '@optim/testing';

export const trials: Trials = { Adan: () => new Adan({ learningRate: 5e-3 }) };
