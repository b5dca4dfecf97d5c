// SPDX-License-Identifier: Apache-2.0

import { A2Grad } from '@optim/a2grad';
import type { Trials } from '@optim/testing';

export const trials: Trials = { A2Grad: () => new A2Grad({ lips: 1, beta: 50 }) };
