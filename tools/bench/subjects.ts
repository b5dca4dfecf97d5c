// SPDX-License-Identifier: Apache-2.0
// What is measured: our rules, what TensorFlow.js has, and a rule that only moves memory.

import { AdaBelief } from '@optim/adabelief';
import { AdaFactor } from '@optim/adafactor';
import { AdamP } from '@optim/adamp';
import { AdamW } from '@optim/adamw';
import {
  commonOptions,
  ema,
  hyper,
  Optimizer,
  zeros,
  type OptimizerOptions,
  type OptionTable,
  type Results,
  type Scalars,
  type SlotInit,
  type Tensors,
} from '@optim/core';
import { Lamb } from '@optim/lamb';
import * as tf from '@tensorflow/tfjs-core';

/** The rule of Lion: the sign of an average of gradients. */
class Sign extends Optimizer {
  static get className(): string {
    return 'Sign';
  }

  static override readonly options: OptionTable<OptimizerOptions> = {
    learningRate: hyper('[0, ∞)', 1e-4),
    ...commonOptions(),
  };

  protected override slots(): Record<string, SlotInit> {
    return { m: zeros };
  }

  protected override coefficients(): { beta1: number; beta2: number } {
    return { beta1: 0.9, beta2: 0.99 };
  }

  protected override update(
    { param, grad, m }: Tensors<'m'>,
    { learningRate, beta1, beta2 }: Scalars<OptimizerOptions, { beta1: number; beta2: number }>,
  ): Results {
    return { m: ema(m, grad, beta2), param: param.sub(ema(m, grad, beta1).sign().mul(learningRate)) };
  }
}

/** Reads and writes what Adam does, four arrays and three, with one addition: the limit the memory sets. */
class Triad extends Optimizer {
  static get className(): string {
    return 'Triad';
  }

  static override readonly options: OptionTable<OptimizerOptions> = {
    learningRate: hyper('[0, ∞)', 1),
    ...commonOptions(),
  };

  protected override slots(): Record<string, SlotInit> {
    return { m: zeros, v: zeros };
  }

  protected override update({ param, grad, m, v }: Tensors<'m' | 'v'>): Results {
    return { param: param.add(grad), m: v, v: m };
  }
}

/** What a subject is compared with. */
export const reference = 'tf.train.adam';

/** The memory limit. */
export const limit = 'triad';

/** Everything measured, by name. */
export const subjects: Readonly<Record<string, () => tf.Optimizer>> = {
  [reference]: () => tf.train.adam(1e-3),
  [limit]: () => new Triad(),
  AdamW: () => new AdamW(),
  AdaBelief: () => new AdaBelief(),
  Sign: () => new Sign(),
  Lamb: () => new Lamb(),
  AdamP: () => new AdamP(),
  AdaFactor: () => new AdaFactor(),
};

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
