// SPDX-License-Identifier: Apache-2.0

import { RAdam } from '@optim/radam';
import type { Trials } from '@optim/testing';

export const trials: Trials = { RAdam: () => new RAdam({ learningRate: 1e-3 }) };
