// SPDX-License-Identifier: Apache-2.0

import { A2Grad } from '@optim/a2grad';
import { AdaDelta } from '@optim/adadelta';
import { AdaFactor } from '@optim/adafactor';
import { AdaSmooth } from '@optim/adasmooth';
import { Amos } from '@optim/amos';
import { Apollo } from '@optim/apollo';
import { CAME } from '@optim/came';
import { MADGRAD } from '@optim/madgrad';
import { SM3 } from '@optim/sm3';
import type { Zoo } from './zoo.js';

export const adaptive: Zoo = {
  A2Grad: () => new A2Grad({ lips: 1, beta: 50 }),
  AdaDelta: () => new AdaDelta({ epsilon: 1e-4 }),
  AdaFactor: () => new AdaFactor(),
  AdaSmooth: () => new AdaSmooth({ learningRate: 1e-3 }),
  Amos: () => new Amos({ learningRate: 0.1, beta: 0.9, reduction: 'unit' }),
  Apollo: () => new Apollo({ learningRate: 0.01, warmupSteps: 100 }),
  CAME: () => new CAME({ learningRate: 5e-4 }),
  MADGRAD: () => new MADGRAD({ learningRate: 0.01 }),
  SM3: () => new SM3({ learningRate: 0.1 }),
};
