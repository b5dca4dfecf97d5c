// SPDX-License-Identifier: Apache-2.0
// Malitsky and Mishchenko, "Adaptive Gradient Descent without Descent", arXiv:1910.09529
// Checked against the authors' pytorch/optimizer.py.

import {
  commonOptions,
  decayed,
  hyper,
  Optimizer,
  real,
  register,
  round,
  whole,
  type Hyper,
  type NamedGradients,
  type OptimizerOptions,
  type Rule,
} from '@optim/core/authoring';
import { copy, zeros } from '@optim/formulas';
import { where } from '@optim/fusion';
import * as tf from '@tensorflow/tfjs-core';

/** Options of {@link ASGD}. */
export interface ASGDOptions extends OptimizerOptions {
  /** First step size λ₀, from which it finds the next ones; of a schedule the first value counts. @defaultValue `0.2` */
  learningRate?: Hyper;
  /** a: how fast the step size may grow. @defaultValue `0.02` */
  amplifier?: Hyper;
  /** First ratio θ₀ of two step sizes. @defaultValue `1` */
  theta?: number;
  /** Divides the bound by the curvature. @defaultValue `1` */
  dampening?: Hyper;
  /** Added to the step size where it was measured. @defaultValue `1e-5` */
  epsilon?: Hyper;
}

/** Globals, and the step size of this step once it has been found. */
type Found = { stepSize: number; ratio: number; rate?: number };

/**
 * Gradient descent whose step size follows a local estimate of the curvature, without line search or tuning. It is not
 * Polyak's averaged SGD, which torch calls ASGD too.
 *
 * ```text
 * Δx = √Σ‖p − x‖²                          Δg = √Σ‖g − h‖²
 * λ' = λ√(1 + aθ)
 * λ' = min(λ', Δx/(dampening·Δg)) + ε      if Δx > 0 and Δg > 0
 * θ ← λ'/λ, λ ← λ', x ← p, h ← g
 * p ← p − λ·g
 * ```
 *
 * Sums are over all parameters with a gradient, but for those that have their first step. All decay comes after the
 * measurement: coupled, g + weightDecay·p is used instead of g in the last line alone, and is the same as decoupled.
 *
 * Slots, of the parameter's shape: `x` and `h`, parameter and gradient of the step before. Globals: `stepSize`, which is
 * λ, and `ratio`, θ. λ is not written back to `learningRate`; `readGlobals` tells it.
 *
 * The gradients of two batches differ by noise, too. The authors therefore take h from the batch at hand: pass its
 * gradients at x as the third argument of `applyGradients`. Without it h is the gradient of the step before, which is
 * exact for full batches. pytorch_optimizer takes the difference of norms for the norm of the difference.
 *
 * **When to use:** smooth problems with full gradients, and no time to search for a rate. **When not:** small batches
 * without the second gradient, whose noise passes for curvature. **Hint:** for full batches the paper's own `amplifier` 1,
 * `dampening` 2, `epsilon` 0 and a tiny learning rate; for networks the defaults and the second gradient, or `dampening`
 * 0.5 where there is none.
 *
 * @example
 * ```ts
 * import { ASGD } from '@optim/asgd';
 *
 * model.compile({ optimizer: new ASGD(), loss: 'meanSquaredError' });
 * ```
 * @see https://arxiv.org/abs/1910.09529
 */
export class ASGD extends Optimizer<ASGDOptions> {
  static readonly className: string = 'ASGD';

  static override readonly rule: Rule<ASGDOptions, 'x' | 'h', { hasPast: number }, Found> = {
    options: {
      learningRate: whole(hyper('(0, ∞)', 0.2)),
      amplifier: whole(hyper('[0, ∞)', 0.02)),
      theta: whole(real('[0, ∞)', 1)),
      dampening: whole(hyper('(0, ∞)', 1)),
      epsilon: whole(hyper('[0, ∞)', 1e-5)),
      ...commonOptions(0, 'coupled'),
    },
    slots: () => ({ x: copy, h: zeros }),
    globals: ({ learningRate, theta }) => ({ stepSize: learningRate, ratio: theta }),
    // A parameter's first step knows no gradient before it.
    coefficients: (t) => ({ hasPast: t === 1 ? 0 : 1 }),
    // The round is to see parameter and gradient as they are.
    decay: 'never',
    rounds: () => [
      round({
        observe: ({ param, grad, x, h }, { hasPast }) => ({
          dx: param.sub(x).square().sum(),
          dg: grad.sub(h).square().sum().mul(hasPast),
        }),
        combine({ dx, dg }, { stepSize, ratio, amplifier, dampening, epsilon }) {
          const grown = stepSize.mul(ratio.mul(amplifier).add(1).sqrt());
          const bound = dx.sqrt().div(dg.sqrt().mul(dampening));
          const measured = dx.greater(0).and(dg.greater(0));
          const rate = where(measured, grown.minimum(bound).add(epsilon), grown);
          return { stepSize: rate, ratio: rate.div(stepSize), rate };
        },
      }),
    ],
    rateInForce: (_param, { rate }) => rate ?? null,
    update({ param, grad }, known) {
      const pair = { param, grad };
      const { param: start, grad: g } = known.decays ? decayed(pair, known) : pair;
      return { x: param, h: grad, start, param: start.sub(g.mul(known.rateInForce)) };
    },
  };

  /**
   * Steps along given gradients, as everywhere.
   *
   * @param previous - gradients of the same batch at the parameters before the last step, in place of the gradients of
   * that step; the caller's to dispose
   */
  override applyGradients(gradients: NamedGradients, loss?: tf.Scalar, previous?: NamedGradients): void {
    if (previous) this.#replaceGradients(gradients, previous);
    super.applyGradients(gradients, loss);
  }

  /** Puts `previous` into h, for the variables that will step. */
  #replaceGradients(gradients: NamedGradients, previous: NamedGradients): void {
    this.assertUsable();
    const stepping = new Set(this.entriesOf(gradients).map(({ variable }) => variable));
    const entries = this.entriesOf(previous).filter(({ variable }) => stepping.has(variable));
    tf.tidy(() => {
      const parameters = this.adopt(entries.map(({ variable }) => variable));
      parameters.forEach(({ slots }, i) => slots['h']!.assign(entries[i]!.given['grad']!));
    });
  }
}

register(ASGD);
