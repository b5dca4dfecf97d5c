// SPDX-License-Identifier: Apache-2.0

import { Lion } from '@optim/lion';
import type { Zoo } from './zoo.js';

export const momentum: Zoo = {
  Lion: () => new Lion({ learningRate: 2e-4 }),
};
