// SPDX-License-Identifier: Apache-2.0

import { DiffGrad } from '@optim/diffgrad';
import type { Trials } from '@optim/testing';

export const trials: Trials = { DiffGrad: () => new DiffGrad({ learningRate: 2e-3 }) };
