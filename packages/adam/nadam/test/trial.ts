// SPDX-License-Identifier: Apache-2.0

import { NAdam } from '@optim/nadam';
import type { Trials } from '@optim/testing';

export const trials: Trials = { NAdam: () => new NAdam({ learningRate: 2e-3 }) };
