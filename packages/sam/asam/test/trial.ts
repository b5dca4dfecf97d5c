// SPDX-License-Identifier: Apache-2.0

import { AdamW } from '@optim/adamw';
import { ASAM } from '@optim/asam';
import type { Trials } from '@optim/testing';

export const trials: Trials = { ASAM: () => new ASAM(new AdamW({ learningRate: 1e-3 })) };
