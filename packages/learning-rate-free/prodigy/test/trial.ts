// SPDX-License-Identifier: Apache-2.0

import { Prodigy } from '@optim/prodigy';
import type { Trials } from '@optim/testing';

export const trials: Trials = { Prodigy: () => new Prodigy() };
