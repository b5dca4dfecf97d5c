// SPDX-License-Identifier: Apache-2.0

import { AdaNorm } from '@optim/adanorm';
import type { Trials } from '@optim/testing';

export const trials: Trials = { AdaNorm: () => new AdaNorm({ learningRate: 1e-3 }) };
