// SPDX-License-Identifier: Apache-2.0

import { AdamW } from '@optim/adamw';
import { SAM } from '@optim/sam';
import type { Trials } from '@optim/testing';

export const trials: Trials = { SAM: () => new SAM(new AdamW({ learningRate: 1e-3 })) };
