// SPDX-License-Identifier: Apache-2.0

import { CAME } from '@optim/came';
import type { Trials } from '@optim/testing';

export const trials: Trials = { CAME: () => new CAME({ learningRate: 5e-4 }) };
