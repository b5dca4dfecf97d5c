// SPDX-License-Identifier: Apache-2.0

import { Fromage } from '@optim/fromage';
import { Lamb } from '@optim/lamb';
import type { Zoo } from './zoo.js';

export const layerwise: Zoo = {
  Fromage: () => new Fromage({ learningRate: 1e-2 }),
  Lamb: () => new Lamb({ learningRate: 1e-3 }),
};
