// SPDX-License-Identifier: Apache-2.0

import { AliG } from '@optim/alig';
import type { Trials } from '@optim/testing';

export const trials: Trials = { AliG: () => new AliG({ maxLearningRate: 0.1 }) };
