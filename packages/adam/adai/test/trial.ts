// SPDX-License-Identifier: Apache-2.0

import { Adai } from '@optim/adai';
import type { Trials } from '@optim/testing';

export const trials: Trials = { Adai: () => new Adai({ learningRate: 0.1 }) };
