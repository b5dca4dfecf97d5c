// SPDX-License-Identifier: Apache-2.0

import { AdamW } from '@optim/adamw';
import { PCGrad } from '@optim/pcgrad';
import type { Trials } from '@optim/testing';

export const trials: Trials = { PCGrad: () => new PCGrad(new AdamW({ learningRate: 1e-3 })) };
