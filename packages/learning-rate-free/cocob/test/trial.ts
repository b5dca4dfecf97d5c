// SPDX-License-Identifier: Apache-2.0

import { COCOB } from '@optim/cocob';
import type { Trials } from '@optim/testing';

export const trials: Trials = { COCOB: () => new COCOB() };
