// SPDX-License-Identifier: Apache-2.0

import { AdaMax } from '@optim/adamax';
import type { Trials } from '@optim/testing';

export const trials: Trials = { AdaMax: () => new AdaMax({ learningRate: 2e-3 }) };
