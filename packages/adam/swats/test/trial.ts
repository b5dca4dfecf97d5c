// SPDX-License-Identifier: Apache-2.0

import { SWATS } from '@optim/swats';
import type { Trials } from '@optim/testing';

export const trials: Trials = { SWATS: () => new SWATS({ learningRate: 1e-3, switchTolerance: 1e-5 }) };
