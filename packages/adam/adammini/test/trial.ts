// SPDX-License-Identifier: Apache-2.0

import { AdamMini } from '@optim/adammini';
import type { Trials } from '@optim/testing';

export const trials: Trials = { AdamMini: () => new AdamMini({ learningRate: 1e-3 }) };
