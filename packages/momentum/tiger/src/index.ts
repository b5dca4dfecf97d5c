// SPDX-License-Identifier: Apache-2.0
// Authors, "Title", arXiv id
// Checked against implementation and version.

import {
  commonOptions,
  ema,
  hyper,
  Optimizer,
  register,
  zeros,
  type Hyper,
  type OptimizerOptions,
  type OptionTable,
  type Resolved,
  type Results,
  type Scalars,
  type SlotInit,
  type Tensors,
} from '@optim/core';

/** Options of {@link Tiger}. */
export interface TigerOptions extends OptimizerOptions {
  /** Decay of the first moment. @defaultValue `0.9` */
  beta1?: Hyper;
}

type Coefficients = { stepSize: number };

/**
 * In one line, what it does that its neighbours do not.
 *
 * Then the recurrence in a `text` block; the slots with their shapes; where epsilon, weight decay and bias
 * correction sit; how it differs from the paper and from other implementations.
 *
 * @example
 * ```ts
 * import { Tiger } from '@optim/tiger';
 *
 * model.compile({ optimizer: new Tiger({ learningRate: 1e-3 }), loss: 'meanSquaredError' });
 * ```
 */
export class Tiger extends Optimizer<TigerOptions> {
  static get className(): string {
    return 'Tiger';
  }

  static override readonly options: OptionTable<TigerOptions> = {
    learningRate: hyper('[0, ∞)', 1e-3),
    beta1: hyper('[0, 1)', 0.9),
    ...commonOptions(),
  };

  static override readonly momentumSlots: readonly string[] = ['m'];

  protected override slots(): Record<string, SlotInit> {
    return { m: zeros };
  }

  protected override coefficients(t: number, options: Resolved<TigerOptions>): Coefficients {
    const { learningRate, beta1 } = options;
    return { stepSize: learningRate / (1 - beta1 ** t) };
  }

  protected override update(
    { param, grad, m }: Tensors<'m'>,
    { beta1, stepSize }: Scalars<TigerOptions, Coefficients>,
  ): Results {
    m = ema(m, grad, beta1);
    return { m, param: param.sub(m.mul(stepSize)) };
  }
}

register(Tiger);
