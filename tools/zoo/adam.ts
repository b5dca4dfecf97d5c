// SPDX-License-Identifier: Apache-2.0

import { AdaBelief } from '@optim/adabelief';
import { Adai } from '@optim/adai';
import { AdamP } from '@optim/adamp';
import { AdamD, AdamW, AMSGrad } from '@optim/adamw';
import { DiffGrad } from '@optim/diffgrad';
import { LaProp } from '@optim/laprop';
import { NAdam } from '@optim/nadam';
import { QHAdam } from '@optim/qhadam';
import { RAdam } from '@optim/radam';
import { Ranger } from '@optim/ranger';
import { Yogi } from '@optim/yogi';
import type { Zoo } from './zoo.js';

export const adam: Zoo = {
  AdaBelief: () => new AdaBelief({ learningRate: 1e-3 }),
  Adai: () => new Adai({ learningRate: 0.1 }),
  AdamD: () => new AdamD({ learningRate: 1e-3 }),
  AdamP: () => new AdamP({ learningRate: 1e-3 }),
  AdamW: () => new AdamW({ learningRate: 1e-3 }),
  AMSGrad: () => new AMSGrad({ learningRate: 1e-3 }),
  DiffGrad: () => new DiffGrad({ learningRate: 2e-3 }),
  LaProp: () => new LaProp({ learningRate: 4e-4 }),
  NAdam: () => new NAdam({ learningRate: 2e-3 }),
  QHAdam: () => new QHAdam({ learningRate: 1e-3, nu1: 0.7, beta1: 0.995 }),
  RAdam: () => new RAdam({ learningRate: 1e-3 }),
  Ranger: () => new Ranger({ learningRate: 1e-3 }),
  Yogi: () => new Yogi({ learningRate: 1e-2 }),
};
