// SPDX-License-Identifier: Apache-2.0

import { SignSGD } from '@optim/signsgd';
import type { Trials } from '@optim/testing';

export const trials: Trials = { SignSGD: () => new SignSGD({ learningRate: 1e-3 }) };
