// SPDX-License-Identifier: Apache-2.0

import { AdaDelta } from '@optim/adadelta';
import type { Trials } from '@optim/testing';

export const trials: Trials = { AdaDelta: () => new AdaDelta({ epsilon: 1e-4 }) };
