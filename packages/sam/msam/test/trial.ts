// SPDX-License-Identifier: Apache-2.0

import { AdamW } from '@optim/adamw';
import { MSAM } from '@optim/msam';
import type { Trials } from '@optim/testing';

export const trials: Trials = { MSAM: () => new MSAM(new AdamW({ learningRate: 1e-3 })) };
