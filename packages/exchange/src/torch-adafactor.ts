// SPDX-License-Identifier: Apache-2.0
// Adafactor of the package transformers. That of PyTorch itself clamps by ε₁ what is added to g² here: another rule.

import { fromMeans, toMeans } from './factored.js';
import { fromTorchLayout, toTorchLayout } from './layout.js';
import type { TorchClass, Translated } from './torch-class.js';
import { flag, nullable, number, pair, type Field } from './fields.js';

const decayRate: Field = {
  name: 'decay_rate',
  read: (value, refuse) => (typeof value === 'number' ? { decayRate: -value } : refuse('be a number', value)),
  write: ({ decayRate: rate }) => -(rate as number),
};

const relativeStep: Field = {
  name: 'relative_step',
  read: () => ({ relativeStep: null }),
  write: ({ learningRate }) => learningRate === null,
};

const ofPyTorch: Field = {
  name: 'beta2_decay',
  read: (value, refuse) =>
    value === undefined ? {} : refuse('be absent: the Adafactor of PyTorch itself is another rule', value),
  write: () => undefined,
};

const isTurned = ({ row: { layout } }: Translated): boolean => layout !== 'same';

export const factored: TorchClass = {
  optimizers: ['Adafactor'],
  fields: [
    ofPyTorch,
    nullable('lr', 'learningRate'),
    pair('eps', 'epsilon1', 'epsilon2'),
    number('clip_threshold', 'clipThreshold'),
    decayRate,
    nullable('beta1', 'beta1'),
    number('weight_decay', 'weightDecay'),
    flag('scale_parameter', 'scaleParameter'),
    relativeStep,
    flag('warmup_init', 'warmupInit'),
  ],
  fixed: { beta2: null, factored: true, minDimSizeToFactor: 1, weightDecayMode: 'decoupled' },
  slots: ({ beta1 }) => (beta1 === null ? {} : { m: 'exp_avg' }),
  made: ['R', 'C', 'V'],
  keys: ['exp_avg_sq', 'exp_avg_sq_row', 'exp_avg_sq_col'],
  unread: ['RMS'],
  counts: 'state',
  read(theirs, parameter) {
    const { exp_avg_sq: whole, exp_avg_sq_row: row, exp_avg_sq_col: col } = theirs;
    if (row && col) return { ...fromMeans(parameter.who, { row, col }, isTurned(parameter)) };
    return whole ? { V: fromTorchLayout(parameter.who, whole, parameter.row) } : {};
  },
  write({ R, C, V }, parameter) {
    if (!R || !C) return V ? { exp_avg_sq: toTorchLayout(parameter.who, V, parameter.row) } : {};
    const { row, col } = toMeans(parameter.who, { R, C }, parameter.shape, isTurned(parameter));
    return { exp_avg_sq_row: row, exp_avg_sq_col: col };
  },
  scalars: () => ({ RMS: 0 }),
};
