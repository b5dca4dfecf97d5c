// SPDX-License-Identifier: Apache-2.0

import { AvaGrad } from '@optim/avagrad';
import type { Trials } from '@optim/testing';

export const trials: Trials = { AvaGrad: () => new AvaGrad({ learningRate: 0.1 }) };
