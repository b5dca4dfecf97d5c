// SPDX-License-Identifier: Apache-2.0
// Which class of PyTorch each class here is, as data: slots, options, counts. That both do the same is shown by going on.

import { muProduct } from './mu-product.js';
import { factored } from './torch-adafactor.js';
import { prodigy } from './torch-prodigy.js';
import { scheduleFreeAdamW, scheduleFreeSGD } from './torch-schedule-free.js';
import { decoupled, decoupling, flag, ignored, nullable, number, only, pair } from './fields.js';
import type { Field } from './fields.js';
import type { TorchClass } from './torch-class.js';

const lr = number('lr', 'learningRate');
const betas = pair('betas', 'beta1', 'beta2');
const eps = number('eps', 'epsilon');
const weightDecay = number('weight_decay', 'weightDecay');
const foreach = ignored('foreach');
const fused = ignored('fused');
const maximize = only('maximize', false);
const capturable = ignored('capturable', false);
const differentiable = ignored('differentiable', false);

const moments = { m: 'exp_avg', v: 'exp_avg_sq' };

const adam: TorchClass = {
  optimizers: ['Adam', 'AdamW'],
  fixed: { adamD: false, nesterov: false },
  nameOf: (groups) =>
    groups.every(({ decoupled_weight_decay: isDecoupled }) => isDecoupled === true) ? 'AdamW' : 'Adam',
  fields: [
    lr,
    betas,
    eps,
    weightDecay,
    flag('amsgrad', 'amsgrad'),
    maximize,
    foreach,
    capturable,
    differentiable,
    fused,
    decoupled,
  ],
  slots: ({ amsgrad }) => ({ ...moments, ...(amsgrad === true && { x: 'max_exp_avg_sq' }) }),
  counts: 'state',
};

/** Timm adapts what does not decay only on request: `adam` is our word for a ratio of 1. */
const alwaysAdapt: Field = {
  name: 'always_adapt',
  read: (value, refuse) =>
    typeof value === 'boolean' ? { adam: !value } : refuse('be true or false', value),
  write({ adam, weightDecay: strength }, refuse) {
    if (adam === true && strength !== 0) refuse('adam', 'false with a weightDecay');
    return adam !== true;
  },
};

export const torchClasses: Readonly<Record<string, TorchClass>> = {
  OptimAdam: adam,
  AdamW: adam,
  SGDW: {
    optimizers: ['SGD'],
    fields: [
      lr,
      number('momentum', 'momentum'),
      number('dampening', 'dampening'),
      weightDecay,
      flag('nesterov', 'nesterov'),
      maximize,
      foreach,
      differentiable,
      fused,
    ],
    fixed: { weightDecayMode: 'coupled' },
    slots: ({ momentum }) => (momentum === 0 ? {} : { b: 'momentum_buffer' }),
    counts: 'none',
  },
  OptimRMSProp: {
    optimizers: ['RMSprop'],
    fields: [
      lr,
      number('momentum', 'momentum'),
      number('alpha', 'decay'),
      eps,
      flag('centered', 'centered'),
      weightDecay,
      capturable,
      foreach,
      maximize,
      differentiable,
    ],
    fixed: {
      nesterov: false,
      epsilonPosition: 'outside',
      biasCorrection: false,
      learningRateInMomentum: false,
      weightDecayMode: 'coupled',
    },
    starts: { initialAccumulator: 0 },
    slots: ({ momentum, centered }) => ({
      v: 'square_avg',
      ...(momentum !== 0 && { b: 'momentum_buffer' }),
      ...(centered === true && { a: 'grad_avg' }),
    }),
    counts: 'state',
  },
  AdaGrad: {
    optimizers: ['Adagrad'],
    fields: [
      lr,
      number('lr_decay', 'learningRateDecay'),
      eps,
      weightDecay,
      number('initial_accumulator_value', 'initialAccumulator'),
      foreach,
      maximize,
      differentiable,
      fused,
    ],
    fixed: { epsilonPosition: 'outside', weightDecayMode: 'coupled' },
    slots: () => ({ s: 'sum' }),
    counts: 'state',
  },
  NAdam: {
    optimizers: ['NAdam'],
    fields: [
      lr,
      betas,
      eps,
      weightDecay,
      number('momentum_decay', 'momentumDecay'),
      decoupled,
      maximize,
      foreach,
      capturable,
      differentiable,
    ],
    fixed: {},
    slots: () => moments,
    counts: 'state',
    scalars: (options, t) => ({ mu_product: muProduct(options, t) }),
  },
  RAdam: {
    optimizers: ['RAdam'],
    fields: [lr, betas, eps, weightDecay, maximize, foreach, capturable, decoupled, differentiable],
    fixed: { nSmaThreshold: 5, degeneratedToSgd: true, adamD: false, adanorm: false },
    slots: () => moments,
    counts: 'state',
  },
  // That of the authors.
  Lion: {
    optimizers: ['Lion'],
    fields: [lr, betas, weightDecay],
    fixed: { adanorm: false, weightDecayMode: 'decoupled' },
    slots: () => ({ m: 'exp_avg' }),
    counts: 'none',
  },
  // That of timm.
  Lamb: {
    optimizers: ['Lamb'],
    fields: [
      lr,
      flag('bias_correction', 'biasCorrection'),
      betas,
      eps,
      weightDecay,
      flag('grad_averaging', 'gradAveraging'),
      nullable('max_grad_norm', 'maxGradNorm', 0),
      only('trust_clip', false),
      alwaysAdapt,
      only('caution', false),
      decoupling('decoupled_decay', { whenTrue: 'decoupled', whenFalse: 'layerwise', absent: () => false }),
      only('corrected_weight_decay', false),
      ignored('max_lr_snapshot'),
      foreach,
    ],
    fixed: { clampValue: Infinity },
    slots: () => moments,
    counts: { group: 'step' },
    derived: ({ weightDecay: strength, adam: withoutRatio }) => ({
      adam: withoutRatio === true && strength === 0,
    }),
  },
  AdaFactor: factored,
  Prodigy: prodigy,
  ScheduleFreeAdamW: scheduleFreeAdamW,
  ScheduleFreeSGD: scheduleFreeSGD,
};
