// SPDX-License-Identifier: Apache-2.0

import { AdamAtan2 } from '@optim/adamatan2';
import type { Trials } from '@optim/testing';

export const trials: Trials = { AdamAtan2: () => new AdamAtan2({ learningRate: 1e-3 }) };
