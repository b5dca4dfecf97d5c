// SPDX-License-Identifier: Apache-2.0

import { AdamW } from '@optim/adamw';
import { WSAM } from '@optim/wsam';
import type { Trials } from '@optim/testing';

export const trials: Trials = { WSAM: () => new WSAM(new AdamW({ learningRate: 1e-3 })) };
