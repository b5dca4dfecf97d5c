// SPDX-License-Identifier: Apache-2.0

import { AdaPNM } from '@optim/adapnm';
import type { Trials } from '@optim/testing';

export const trials: Trials = { AdaPNM: () => new AdaPNM({ learningRate: 1e-3 }) };
