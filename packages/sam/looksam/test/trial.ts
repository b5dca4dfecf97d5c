// SPDX-License-Identifier: Apache-2.0

import { AdamW } from '@optim/adamw';
import { LookSAM } from '@optim/looksam';
import type { Trials } from '@optim/testing';

export const trials: Trials = { LookSAM: () => new LookSAM(new AdamW({ learningRate: 1e-3 })) };
