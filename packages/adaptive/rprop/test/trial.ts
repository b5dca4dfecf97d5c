// SPDX-License-Identifier: Apache-2.0

import { Rprop } from '@optim/rprop';
import type { Trials } from '@optim/testing';

// On mini-batches, for which it is not made.
export const trials: Trials = { Rprop: () => new Rprop({ learningRate: 1e-3, maxStepSize: 1e-2 }) };
