// SPDX-License-Identifier: Apache-2.0

import { StableAdamW } from '@optim/stableadamw';
import type { Trials } from '@optim/testing';

export const trials: Trials = { StableAdamW: () => new StableAdamW({ learningRate: 1e-3 }) };
