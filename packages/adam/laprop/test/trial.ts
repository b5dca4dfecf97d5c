// SPDX-License-Identifier: Apache-2.0

import { LaProp } from '@optim/laprop';
import type { Trials } from '@optim/testing';

export const trials: Trials = { LaProp: () => new LaProp({ learningRate: 4e-4 }) };
