// SPDX-License-Identifier: Apache-2.0

import { AccSGD } from '@optim/accsgd';
import { AggMo } from '@optim/aggmo';
import { ASGD } from '@optim/asgd';
import { Gravity } from '@optim/gravity';
import { Lion } from '@optim/lion';
import { MSVAG } from '@optim/msvag';
import { PID } from '@optim/pid';
import { PNM } from '@optim/pnm';
import { QHM } from '@optim/qhm';
import { SGDP } from '@optim/sgdp';
import { SGDW } from '@optim/sgdw';
import { SignSGD } from '@optim/signsgd';
import { SRMM } from '@optim/srmm';
import { Tiger } from '@optim/tiger';
import type { Zoo } from './zoo.js';

export const momentum: Zoo = {
  AccSGD: () => new AccSGD({ learningRate: 0.1, kappa: 100 }),
  AggMo: () => new AggMo({ learningRate: 0.1 }),
  ASGD: () => new ASGD({ dampening: 0.5 }),
  Gravity: () => new Gravity({ learningRate: 0.1, seed: 1 }),
  Lion: () => new Lion({ learningRate: 2e-4 }),
  MSVAG: () => new MSVAG({ learningRate: 0.1 }),
  PID: () => new PID({ learningRate: 1e-3 }),
  PNM: () => new PNM({ learningRate: 0.1 }),
  QHM: () => new QHM({ learningRate: 0.5, momentum: 0.999, nu: 0.7 }),
  SGDP: () => new SGDP({ learningRate: 0.1, momentum: 0.9, nesterov: true }),
  SGDW: () => new SGDW({ learningRate: 0.05, momentum: 0.9 }),
  SignSGD: () => new SignSGD({ learningRate: 1e-3 }),
  SRMM: () => new SRMM({ learningRate: 0.1 }),
  Tiger: () => new Tiger({ learningRate: 1.76e-3 }),
};
