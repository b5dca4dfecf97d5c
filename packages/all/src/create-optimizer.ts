// SPDX-License-Identifier: Apache-2.0

import { A2Grad } from '@optim/a2grad';
import { AccSGD } from '@optim/accsgd';
import { AdaBelief } from '@optim/adabelief';
import { AdaBound } from '@optim/adabound';
import { AdaDelta } from '@optim/adadelta';
import { AdaFactor } from '@optim/adafactor';
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
import { AdaSmooth } from '@optim/adasmooth';
import { AggMo } from '@optim/aggmo';
import { AliG } from '@optim/alig';
import { Amos } from '@optim/amos';
import { Apollo } from '@optim/apollo';
import { ASAM } from '@optim/asam';
import { ASGD } from '@optim/asgd';
import { AvaGrad } from '@optim/avagrad';
import { CAME } from '@optim/came';
import { DAdaptAdaGrad, DAdaptAdam, DAdaptAdan, DAdaptLion, DAdaptSGD } from '@optim/dadaptation';
import { DiffGrad } from '@optim/diffgrad';
import { Lamb } from '@optim/lamb';
import { LaProp } from '@optim/laprop';
import { LARS } from '@optim/lars';
import { Lion } from '@optim/lion';
import { Lookahead } from '@optim/lookahead';
import { MADGRAD } from '@optim/madgrad';
import { MSVAG } from '@optim/msvag';
import { NAdam } from '@optim/nadam';
import { NovoGrad } from '@optim/novograd';
import { PID } from '@optim/pid';
import { PNM } from '@optim/pnm';
import { Prodigy } from '@optim/prodigy';
import { QHAdam } from '@optim/qhadam';
import { QHM } from '@optim/qhm';
import { RAdam } from '@optim/radam';
import { Ranger } from '@optim/ranger';
import { Ranger21 } from '@optim/ranger21';
import { SAM } from '@optim/sam';
import { ScheduleFreeAdamW, ScheduleFreeSGD } from '@optim/schedulefree';
import { SGDP } from '@optim/sgdp';
import { SGDW } from '@optim/sgdw';
import { SignSGD } from '@optim/signsgd';
import { SM3 } from '@optim/sm3';
import { SRMM } from '@optim/srmm';
import { SWATS } from '@optim/swats';
import { Tiger } from '@optim/tiger';
import { Yogi } from '@optim/yogi';

interface Optimizers {
  A2Grad: typeof A2Grad;
  AccSGD: typeof AccSGD;
  AdaBelief: typeof AdaBelief;
  AdaBound: typeof AdaBound;
  AdaDelta: typeof AdaDelta;
  AdaFactor: typeof AdaFactor;
  Adai: typeof Adai;
  AdaMax: typeof AdaMax;
  AdamD: typeof AdamD;
  AdaMod: typeof AdaMod;
  AdamP: typeof AdamP;
  AdamS: typeof AdamS;
  AdamW: typeof AdamW;
  Adan: typeof Adan;
  AdaNorm: typeof AdaNorm;
  AdaPNM: typeof AdaPNM;
  AdaShift: typeof AdaShift;
  AdaSmooth: typeof AdaSmooth;
  AggMo: typeof AggMo;
  AliG: typeof AliG;
  Amos: typeof Amos;
  AMSGrad: typeof AMSGrad;
  Apollo: typeof Apollo;
  ASAM: typeof ASAM;
  ASGD: typeof ASGD;
  AvaGrad: typeof AvaGrad;
  CAME: typeof CAME;
  DAdaptAdaGrad: typeof DAdaptAdaGrad;
  DAdaptAdam: typeof DAdaptAdam;
  DAdaptAdan: typeof DAdaptAdan;
  DAdaptLion: typeof DAdaptLion;
  DAdaptSGD: typeof DAdaptSGD;
  DiffGrad: typeof DiffGrad;
  Lamb: typeof Lamb;
  LaProp: typeof LaProp;
  LARS: typeof LARS;
  Lion: typeof Lion;
  Lookahead: typeof Lookahead;
  MADGRAD: typeof MADGRAD;
  MSVAG: typeof MSVAG;
  NAdam: typeof NAdam;
  NovoGrad: typeof NovoGrad;
  PID: typeof PID;
  PNM: typeof PNM;
  Prodigy: typeof Prodigy;
  QHAdam: typeof QHAdam;
  QHM: typeof QHM;
  RAdam: typeof RAdam;
  Ranger: typeof Ranger;
  Ranger21: typeof Ranger21;
  SAM: typeof SAM;
  ScheduleFreeAdamW: typeof ScheduleFreeAdamW;
  ScheduleFreeSGD: typeof ScheduleFreeSGD;
  SGDP: typeof SGDP;
  SGDW: typeof SGDW;
  SignSGD: typeof SignSGD;
  SM3: typeof SM3;
  SRMM: typeof SRMM;
  SWATS: typeof SWATS;
  Tiger: typeof Tiger;
  Yogi: typeof Yogi;
}

/** Every optimizer class by its name. */
export const optimizers: Optimizers = {
  A2Grad,
  AccSGD,
  AdaBelief,
  AdaBound,
  AdaDelta,
  AdaFactor,
  Adai,
  AdaMax,
  AdamD,
  AdaMod,
  AdamP,
  AdamS,
  AdamW,
  Adan,
  AdaNorm,
  AdaPNM,
  AdaShift,
  AdaSmooth,
  AggMo,
  AliG,
  Amos,
  AMSGrad,
  Apollo,
  ASAM,
  ASGD,
  AvaGrad,
  CAME,
  DAdaptAdaGrad,
  DAdaptAdam,
  DAdaptAdan,
  DAdaptLion,
  DAdaptSGD,
  DiffGrad,
  Lamb,
  LaProp,
  LARS,
  Lion,
  Lookahead,
  MADGRAD,
  MSVAG,
  NAdam,
  NovoGrad,
  PID,
  PNM,
  Prodigy,
  QHAdam,
  QHM,
  RAdam,
  Ranger,
  Ranger21,
  SAM,
  ScheduleFreeAdamW,
  ScheduleFreeSGD,
  SGDP,
  SGDW,
  SignSGD,
  SM3,
  SRMM,
  SWATS,
  Tiger,
  Yogi,
};

/** The name of an optimizer class. */
export type OptimizerName = keyof Optimizers;

/**
 * The class of an optimizer by its name, for instance one in a configuration file.
 *
 * @param name - class name, as `AdamW`
 * @throws RangeError for an unknown name
 */
export function loadOptimizer<N extends OptimizerName>(name: N): Optimizers[N] {
  if (!Object.hasOwn(optimizers, name)) {
    const known = Object.keys(optimizers).join(', ');
    throw new RangeError(`@optim/all: name must be one of ${known}, got ${JSON.stringify(name)}`);
  }
  return optimizers[name];
}

/**
 * A new optimizer by name.
 *
 * @param name - class name, as `AdamW`
 * @param parameters - what its constructor takes: options, for a wrapper base and options
 * @throws RangeError for an unknown name; what the constructor throws
 */
export function createOptimizer<N extends OptimizerName>(
  name: N,
  ...parameters: ConstructorParameters<Optimizers[N]>
): InstanceType<Optimizers[N]> {
  const Class = loadOptimizer(name) as unknown as new (...given: unknown[]) => InstanceType<Optimizers[N]>;
  return new Class(...parameters);
}
