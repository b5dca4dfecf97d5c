// SPDX-License-Identifier: Apache-2.0

import { Fromage } from '@optim/fromage';
import { Lamb } from '@optim/lamb';
import { LARS } from '@optim/lars';
import { Nero } from '@optim/nero';
import { NovoGrad } from '@optim/novograd';
import type { Zoo } from './zoo.js';

export const layerwise: Zoo = {
  Fromage: () => new Fromage({ learningRate: 1e-2 }),
  Lamb: () => new Lamb({ learningRate: 1e-3 }),
  LARS: () => new LARS({ learningRate: 1 }),
  Nero: () => new Nero({ learningRate: 0.01 }),
  NovoGrad: () => new NovoGrad({ learningRate: 0.01 }),
};
