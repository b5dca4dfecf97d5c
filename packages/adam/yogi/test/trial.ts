// SPDX-License-Identifier: Apache-2.0

import type { Trials } from '@optim/testing';
import { Yogi } from '@optim/yogi';

export const trials: Trials = { Yogi: () => new Yogi({ learningRate: 1e-2 }) };
