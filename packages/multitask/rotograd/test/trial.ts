// SPDX-License-Identifier: Apache-2.0

import { AdamW } from '@optim/adamw';
import { RotoGrad } from '@optim/rotograd';
import type { Trials } from '@optim/testing';

export const trials: Trials = { RotoGrad: () => new RotoGrad(new AdamW({ learningRate: 1e-3 })) };
