// SPDX-License-Identifier: Apache-2.0

import { SRMM } from '@optim/srmm';
import type { Trials } from '@optim/testing';

export const trials: Trials = { SRMM: () => new SRMM({ learningRate: 0.1 }) };
