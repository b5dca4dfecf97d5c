// SPDX-License-Identifier: Apache-2.0

import { PolyakSGD } from '@optim/polyaksgd';
import type { Trials } from '@optim/testing';

export const trials: Trials = { PolyakSGD: () => new PolyakSGD({ maxLearningRate: 0.1 }) };
