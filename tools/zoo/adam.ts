// SPDX-License-Identifier: Apache-2.0

import { AdaBelief } from '@optim/adabelief';
import { AdaBound } from '@optim/adabound';
import { Adai } from '@optim/adai';
import { AdaMax } from '@optim/adamax';
import { AdaMod } from '@optim/adamod';
import { AdamP } from '@optim/adamp';
import { AdamS } from '@optim/adams';
import { AdamD, AdamW, AMSGrad } from '@optim/adamw';
import { Adan } from '@optim/adan';
import { AdaNorm } from '@optim/adanorm';
import { AdaPNM } from '@optim/adapnm';
import { AdaShift } from '@optim/adashift';
import { AvaGrad } from '@optim/avagrad';
import { DiffGrad } from '@optim/diffgrad';
import { LaProp } from '@optim/laprop';
import { NAdam } from '@optim/nadam';
import { QHAdam } from '@optim/qhadam';
import { RAdam } from '@optim/radam';
import { Ranger } from '@optim/ranger';
import { Ranger21 } from '@optim/ranger21';
import { SWATS } from '@optim/swats';
import { Yogi } from '@optim/yogi';
import type { Zoo } from './zoo.js';

export const adam: Zoo = {
  AdaBelief: () => new AdaBelief({ learningRate: 1e-3 }),
  AdaBound: () => new AdaBound({ learningRate: 1e-3 }),
  Adai: () => new Adai({ learningRate: 0.1 }),
  AdaMax: () => new AdaMax({ learningRate: 2e-3 }),
  AdamD: () => new AdamD({ learningRate: 1e-3 }),
  AdaMod: () => new AdaMod({ learningRate: 1e-3, beta3: 0.99 }),
  AdamP: () => new AdamP({ learningRate: 1e-3 }),
  AdamS: () => new AdamS({ learningRate: 1e-3 }),
  AdamW: () => new AdamW({ learningRate: 1e-3 }),
  Adan: () => new Adan({ learningRate: 5e-3 }),
  AdaNorm: () => new AdaNorm({ learningRate: 1e-3 }),
  AdaPNM: () => new AdaPNM({ learningRate: 1e-3 }),
  AdaShift: () => new AdaShift({ learningRate: 0.01 }),
  AMSGrad: () => new AMSGrad({ learningRate: 1e-3 }),
  AvaGrad: () => new AvaGrad({ learningRate: 0.1 }),
  DiffGrad: () => new DiffGrad({ learningRate: 2e-3 }),
  LaProp: () => new LaProp({ learningRate: 4e-4 }),
  NAdam: () => new NAdam({ learningRate: 2e-3 }),
  QHAdam: () => new QHAdam({ learningRate: 1e-3, nu1: 0.7, beta1: 0.995 }),
  RAdam: () => new RAdam({ learningRate: 1e-3 }),
  Ranger: () => new Ranger({ learningRate: 1e-3 }),
  Ranger21: (steps) => new Ranger21({ numIterations: steps }),
  SWATS: () => new SWATS({ learningRate: 1e-3, switchTolerance: 1e-5 }),
  Yogi: () => new Yogi({ learningRate: 1e-2 }),
};
