// SPDX-License-Identifier: Apache-2.0

import { MADGRAD } from '@optim/madgrad';
import type { Trials } from '@optim/testing';

export const trials: Trials = { MADGRAD: () => new MADGRAD({ learningRate: 0.01 }) };
