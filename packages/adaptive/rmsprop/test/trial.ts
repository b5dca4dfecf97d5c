// SPDX-License-Identifier: Apache-2.0

import { RMSProp } from '@optim/rmsprop';
import type { Trials } from '@optim/testing';

export const trials: Trials = { RMSProp: () => new RMSProp({ learningRate: 1e-3, decay: 0.9 }) };
