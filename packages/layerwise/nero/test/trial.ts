// SPDX-License-Identifier: CC-BY-NC-SA-4.0

import { Nero } from '@optim/nero';
import type { Trials } from '@optim/testing';

export const trials: Trials = { Nero: () => new Nero({ learningRate: 0.01 }) };
