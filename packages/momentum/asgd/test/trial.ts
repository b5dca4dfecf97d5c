// SPDX-License-Identifier: Apache-2.0

import { ASGD } from '@optim/asgd';
import type { Trials } from '@optim/testing';

export const trials: Trials = { ASGD: () => new ASGD({ dampening: 0.5 }) };
