// SPDX-License-Identifier: Apache-2.0

import { AggMo } from '@optim/aggmo';
import type { Trials } from '@optim/testing';

export const trials: Trials = { AggMo: () => new AggMo({ learningRate: 0.1 }) };
