// SPDX-License-Identifier: Apache-2.0

import { FTRL } from '@optim/ftrl';
import type { Trials } from '@optim/testing';

// A network has a random start, which has to be kept.
export const trials: Trials = { FTRL: () => new FTRL({ learningRate: 1e-2, initialAccumulator: 0 }) };
