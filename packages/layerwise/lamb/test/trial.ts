// SPDX-License-Identifier: Apache-2.0

import { Lamb } from '@optim/lamb';
import type { Trials } from '@optim/testing';

export const trials: Trials = { Lamb: () => new Lamb({ learningRate: 1e-3 }) };
