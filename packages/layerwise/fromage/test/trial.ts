// SPDX-License-Identifier: CC-BY-NC-SA-4.0

import { Fromage } from '@optim/fromage';
import type { Trials } from '@optim/testing';

export const trials: Trials = { Fromage: () => new Fromage({ learningRate: 1e-2 }) };
