// SPDX-License-Identifier: Apache-2.0

import { AdaBelief } from '@optim/adabelief';
import type { Trials } from '@optim/testing';

export const trials: Trials = { AdaBelief: () => new AdaBelief({ learningRate: 1e-3 }) };
