// SPDX-License-Identifier: Apache-2.0
// What is measured: our rules, what TensorFlow.js has, and a rule that only moves memory.

import { commonOptions, hyper, Optimizer, type OptimizerOptions, type Rule } from '@optim/core/authoring';
import { zeros } from '@optim/formulas';
import type { Trials } from '@optim/testing';
import * as tf from '@tensorflow/tfjs-core';

/** Reads and writes what Adam does, four arrays and three, with one addition: the limit the memory sets. */
class Triad extends Optimizer {
  static readonly className: string = 'Triad';

  static override readonly rule: Rule<OptimizerOptions, 'm' | 'v'> = {
    options: { learningRate: hyper('[0, ∞)', 1), ...commonOptions() },
    slots: () => ({ m: zeros, v: zeros }),
    update: ({ param, grad, m, v }) => ({ param: param.add(grad), m: v, v: m }),
  };
}

/** What a subject is compared with. */
export const reference = 'tf.train.adam';

/** The memory limit. */
export const limit = 'triad';

/** Arrays that the triad reads and writes. */
export const triadArrays = 7;

/** Rules of every kind: elementwise, of signs, with norms of tensors, of units, of rows and columns. */
export const featured: readonly string[] = ['AdamW', 'AdaBelief', 'Lion', 'Lamb', 'AdamP', 'AdaFactor'];

/** What classes are compared with. */
export const comparisons: Trials = { [reference]: () => tf.train.adam(1e-3), [limit]: () => new Triad() };

/** Some of the trials. */
export function only(trials: Trials, names: readonly string[]): Trials {
  return Object.fromEntries(names.map((name) => [name, trials[name]!]));
}

/** Lists of parameters, by name. */
export const layouts: Readonly<Record<string, readonly (readonly number[])[]>> = {
  '1M': [[1000, 1000]],
  '200 x 1k': Array.from({ length: 200 }, () => [1000]),
  mobilenet: mobilenet(),
  '10M': [[10_000, 1000]],
};

/** Shapes like those of MobileNet v1 of quarter width: depthwise and pointwise kernels with their scales and offsets. */
function mobilenet(): number[][] {
  const widths = [8, 16, 32, 32, 64, 64, 128, 128, 128, 128, 128, 128, 256, 256];
  const blocks = widths
    .slice(1)
    .flatMap((width, i) => [
      [3, 3, widths[i]!, 1],
      [widths[i]!],
      [widths[i]!],
      [1, 1, widths[i]!, width],
      [width],
      [width],
    ]);
  return [[3, 3, 3, 8], [8], [8], ...blocks, [256, 1000], [1000]];
}
