// SPDX-License-Identifier: Apache-2.0

import { PAdam } from '@optim/padam';
import type { Trials } from '@optim/testing';

export const trials: Trials = { PAdam: () => new PAdam({ learningRate: 0.1, partial: 0.125 }) };
