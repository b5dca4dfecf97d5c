// SPDX-License-Identifier: Apache-2.0
// Prodigy of the authors' package prodigyopt.

import { fromTorchLayout, toTorchLayout, type Block } from './layout.js';
import { sizeOf } from './numbers.js';
import { refused } from './refusal.js';
import type { Group, TorchClass, Translated } from './torch-class.js';
import { decoupling, flag, ignored, number, nullable, only, pair } from './fields.js';

/** Numbers of the optimizer, in every group alike. */
const shared = { d: 'd', M: 'd_max', r: 'd_numerator' } as const;

function isSliced({ options: { sliceP }, who, row }: Translated, rank: number): boolean {
  if (sliceP === 1) return false;
  // Every so-many-th element in another order is another element.
  if (rank > 1 && row.layout !== 'same') throw refused(who, 'slice_p', 'be 1 for kernels', sliceP);
  return true;
}

/** A slot that is a flat list there. */
function fromFlat(flat: Block, whole: Block, parameter: Translated): Block {
  if (isSliced(parameter, whole.shape.length)) return flat;
  const size = sizeOf(whole.shape);
  // A parameter that began as zeros keeps a single one.
  const isSingle = flat.shape.length === 0 && flat.data[0] === 0;
  if (!isSingle && flat.data.length !== size)
    throw refused(parameter.who, 's and p0', `have ${size} numbers`, flat.data.length);
  const data = isSingle ? new Float32Array(size) : flat.data;
  return fromTorchLayout(parameter.who, { shape: whole.shape, data }, parameter.row);
}

function toFlat(slot: Block, parameter: Translated): Block {
  const { data } = isSliced(parameter, parameter.shape.length)
    ? slot
    : toTorchLayout(parameter.who, slot, parameter.row);
  return { shape: [data.length], data };
}

/** How many steps have counted, of which the corrections are made. */
function countedSteps({ c2 = 0 }: Readonly<Record<string, number>>, beta2: number, t: number): number {
  const counted = Math.round(Math.log1p(-c2) / Math.log(beta2));
  return c2 === 0 ? 0 : counted >= 0 && counted <= t ? counted : t;
}

export const prodigy: TorchClass = {
  optimizers: ['Prodigy'],
  fields: [
    number('lr', 'learningRate'),
    pair('betas', 'beta1', 'beta2'),
    nullable('beta3', 'beta3'),
    number('eps', 'epsilon'),
    number('weight_decay', 'weightDecay'),
    number('d0', 'd0'),
    number('d_coef', 'dCoef'),
    number('growth_rate', 'growthRate'),
    flag('use_bias_correction', 'biasCorrection'),
    decoupling('decouple', { whenTrue: 'decoupled', whenFalse: 'coupled', absent: () => true }),
    flag('safeguard_warmup', 'safeguardWarmup'),
    only('fsdp_in_use', false),
    number('slice_p', 'sliceP'),
    ignored('d_denom', 0),
    ignored('d_hat', 0),
  ],
  fixed: {},
  slots: () => ({ m: 'exp_avg', v: 'exp_avg_sq' }),
  counts: 'state',
  made: ['s', 'p0'],
  keys: ['s', 'p0'],
  read({ s, p0, exp_avg: whole }, parameter) {
    if (!s || !p0 || !whole) return {};
    if (parameter.options['beta1'] === 0)
      throw refused(parameter.who, 'betas[0]', 'be above 0, as m is left out here otherwise', 0);
    return { s: fromFlat(s, whole, parameter), p0: fromFlat(p0, whole, parameter) };
  },
  write({ s, p0 }, parameter) {
    return s && p0 ? { s: toFlat(s, parameter), p0: toFlat(p0, parameter) } : {};
  },
  globals: {
    read(who, parts) {
      const { group: first, options } = parts[0]!;
      const { beta1, beta2 } = options;
      const one = (field: string): number => {
        const value = first[field];
        const isSame = parts.every(({ group }) => group[field] === value);
        if (typeof value !== 'number' || !Number.isFinite(value) || !isSame)
          throw refused(who, `param_groups: ${field}`, 'be the same finite number in every group', value);
        return value;
      };
      const k = one('k');
      return {
        ...Object.fromEntries(Object.entries(shared).map(([name, field]) => [name, one(field)])),
        c1: 1 - (beta1 as number) ** k,
        c2: 1 - (beta2 as number) ** k,
      };
    },
    write: (globals, _group, { beta2 }, t): Group => ({
      ...Object.fromEntries(Object.entries(shared).map(([name, field]) => [field, globals[name]])),
      k: countedSteps(globals, beta2 as number, t),
    }),
  },
};
