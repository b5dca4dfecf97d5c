// SPDX-License-Identifier: Apache-2.0

import { AdaFactor } from '@optim/adafactor';
import type { Zoo } from './zoo.js';

export const adaptive: Zoo = {
  AdaFactor: () => new AdaFactor(),
};
