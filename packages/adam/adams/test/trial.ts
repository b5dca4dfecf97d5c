// SPDX-License-Identifier: Apache-2.0

import { AdamS } from '@optim/adams';
import type { Trials } from '@optim/testing';

export const trials: Trials = { AdamS: () => new AdamS({ learningRate: 1e-3 }) };
