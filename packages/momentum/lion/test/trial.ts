// SPDX-License-Identifier: Apache-2.0

import { Lion } from '@optim/lion';
import type { Trials } from '@optim/testing';

export const trials: Trials = { Lion: () => new Lion({ learningRate: 2e-4 }) };
