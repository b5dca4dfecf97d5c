// SPDX-License-Identifier: Apache-2.0

import { Apollo } from '@optim/apollo';
import type { Trials } from '@optim/testing';

export const trials: Trials = { Apollo: () => new Apollo({ learningRate: 0.01, warmupSteps: 100 }) };
