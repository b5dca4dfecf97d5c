// SPDX-License-Identifier: Apache-2.0

import { AdamP } from '@optim/adamp';
import type { Trials } from '@optim/testing';

export const trials: Trials = { AdamP: () => new AdamP({ learningRate: 1e-3 }) };
