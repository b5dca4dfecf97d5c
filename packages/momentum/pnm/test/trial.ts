// SPDX-License-Identifier: Apache-2.0

import { PNM } from '@optim/pnm';
import type { Trials } from '@optim/testing';

export const trials: Trials = { PNM: () => new PNM({ learningRate: 0.1 }) };
