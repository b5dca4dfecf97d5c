// SPDX-License-Identifier: Apache-2.0

import { Muon } from '@optim/muon';
import type { Trials } from '@optim/testing';

export const trials: Trials = { Muon: () => new Muon({ adamwLearningRate: 1e-3 }) };
