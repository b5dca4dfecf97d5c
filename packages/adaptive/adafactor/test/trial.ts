// SPDX-License-Identifier: Apache-2.0

import { AdaFactor } from '@optim/adafactor';
import type { Trials } from '@optim/testing';

export const trials: Trials = { AdaFactor: () => new AdaFactor() };
