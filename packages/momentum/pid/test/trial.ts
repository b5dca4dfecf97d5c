// SPDX-License-Identifier: Apache-2.0

import { PID } from '@optim/pid';
import type { Trials } from '@optim/testing';

export const trials: Trials = { PID: () => new PID({ learningRate: 1e-3 }) };
