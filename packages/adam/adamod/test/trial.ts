// SPDX-License-Identifier: Apache-2.0

import { AdaMod } from '@optim/adamod';
import type { Trials } from '@optim/testing';

export const trials: Trials = { AdaMod: () => new AdaMod({ learningRate: 1e-3, beta3: 0.99 }) };
