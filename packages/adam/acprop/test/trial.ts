// SPDX-License-Identifier: Apache-2.0

import { ACProp } from '@optim/acprop';
import type { Trials } from '@optim/testing';

export const trials: Trials = { ACProp: () => new ACProp({ learningRate: 1e-3 }) };
