// SPDX-License-Identifier: Apache-2.0

import type { Trials } from '@optim/testing';
import { Tiger } from '@optim/tiger';

export const trials: Trials = { Tiger: () => new Tiger({ learningRate: 1.76e-3 }) };
