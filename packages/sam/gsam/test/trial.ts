// SPDX-License-Identifier: Apache-2.0

import { AdamW } from '@optim/adamw';
import { GSAM } from '@optim/gsam';
import type { Trials } from '@optim/testing';

export const trials: Trials = { GSAM: () => new GSAM(new AdamW({ learningRate: 1e-3 })) };
