// SPDX-License-Identifier: Apache-2.0

import { Ranger21 } from '@optim/ranger21';
import type { Trials } from '@optim/testing';

export const trials: Trials = { Ranger21: (steps) => new Ranger21({ numIterations: steps }) };
