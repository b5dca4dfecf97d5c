// SPDX-License-Identifier: Apache-2.0

import { ArmijoSGD } from '@optim/sls';
import type { Trials } from '@optim/testing';

export const trials: Trials = { ArmijoSGD: () => new ArmijoSGD({ trials: 4, beta: 0.5 }) };
