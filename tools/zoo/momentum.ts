// SPDX-License-Identifier: Apache-2.0

import { AccSGD } from '@optim/accsgd';
import { AggMo } from '@optim/aggmo';
import { ASGD } from '@optim/asgd';
import { Lion } from '@optim/lion';
import { MSVAG } from '@optim/msvag';
import { PID } from '@optim/pid';
import type { Zoo } from './zoo.js';

export const momentum: Zoo = {
  AccSGD: () => new AccSGD({ learningRate: 0.1, kappa: 100 }),
  AggMo: () => new AggMo({ learningRate: 0.1 }),
  ASGD: () => new ASGD({ dampening: 0.5 }),
  Lion: () => new Lion({ learningRate: 2e-4 }),
  MSVAG: () => new MSVAG({ learningRate: 0.1 }),
  PID: () => new PID({ learningRate: 1e-3 }),
};
