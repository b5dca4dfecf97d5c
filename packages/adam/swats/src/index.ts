// SPDX-License-Identifier: Apache-2.0
// Keskar and Socher, "Improving Generalization Performance by Switching from Adam to SGD", arXiv:1712.07628
// Checked against the paper's algorithm in float64; the Adam phase against Mrpatekful/swats.

import {
  adaNormOptions,
  commonOptions,
  flag,
  hyper,
  momentsOptions,
  Optimizer,
  register,
  round,
  whole,
  type AdaNormOptions,
  type Hyper,
  type Known,
  type MomentsOptions,
  type OptimizerOptions,
  type Rule,
  type Tensors,
} from '@optim/core/authoring';
import { biasCorrection, ema, largestSoFar, zeros } from '@optim/formulas';
import { where, type Expression } from '@optim/fusion';

/** Options of {@link SWATS}. */
export interface SWATSOptions extends OptimizerOptions, MomentsOptions, AdaNormOptions {
  /** Decay of Adam's first moment, and momentum of SGD. @defaultValue `0.9` */
  beta1?: Hyper;
  /** Decay of the second moment and of the estimate. @defaultValue `0.999` */
  beta2?: Hyper;
  /** Added to √v, before any correction. @defaultValue `1e-9` */
  epsilon?: Hyper;
  /** Changes over when the estimate and its average differ by less than this. @defaultValue `1e-9` */
  switchTolerance?: Hyper;
  /** Adam: use the largest second moment so far. @defaultValue `false` */
  amsgrad?: boolean;
  /** SGD: Nesterov momentum. @defaultValue `false` */
  nesterov?: boolean;
  /** Adam: do not divide the step by 1 − β₁ᵏ. @defaultValue `false` */
  adamD?: boolean;
}

type Coefficients = { alpha: number; debias: number; watches: boolean };
/** `sgd` is the phase of the step at hand, known once its round has been made, which may end that phase. */
type Globals = { phase: number; lambda: number; Lambda: number; switchRate: number; sgd?: number };
type SWATSKnown = Known<SWATSOptions, Coefficients & Globals>;

/**
 * Adam that watches which learning rate of SGD would reproduce its own steps, and changes over to momentum SGD with that
 * rate once it is known well enough.
 *
 * ```text
 * m ← β₁m + (1 − β₁)g
 * v ← β₂v + (1 − β₂)g²
 * u = α·m/(√v + ε)                         α = learningRate·√(1 − β₂ᵏ)/(1 − β₁ᵏ)
 * p ← p − u
 * γ = Σu²/Σu·g
 * λ ← β₂λ + (1 − β₂)γ                      Λ = λ/(1 − β₂ᵏ)
 * ```
 *
 * From the step after the one in which |Λ − γ| < switchTolerance, with Λ > 0 and k > 1, on:
 *
 * ```text
 * b ← β₁b + g
 * p ← p − (1 − β₁)Λ·b                      with nesterov p ← p − (1 − β₁)Λ·(g + β₁b)
 * ```
 *
 * Sums are over all elements of all parameters with a gradient; in a step without any, γ and λ are left out. k counts
 * the steps of the optimizer. Decoupled decay, too, goes by Λ instead of learningRate; it follows a schedule as
 * its ratio to the learning rate of the switch. Everything is decided on the device: nothing is read back, and the
 * slots of Adam are kept after the switch. With `amsgrad` u, and γ with it, divides by the largest v so far; with
 * `adanorm` the stretched g enters m alone. Neither matters after the switch: b is of g as it is.
 *
 * Slots, of the parameter's shape: `m`, `v`, with `amsgrad` `x` (largest v), `b`; scalar: with `adanorm` `e`. Globals: `phase`
 * (0 Adam, 1 SGD), `lambda` (λ), `Lambda` (Λ, 0 before the switch), `switchRate` (the learning rate then).
 *
 * Others estimate a rate for each tensor, and the first one that is known sets all; their tolerance is relative. The paper
 * uses ε as the tolerance too.
 *
 * **When to use:** where Adam starts well and SGD ends better: image classification over many epochs.
 * **When not:** for short runs, or where SGD does not train at all. **Hint:** γ scatters from batch to batch, so that a tolerance
 * of 1e-9 is hardly ever met. The tolerance is absolute, and γ is in proportion to `learningRate`: on the gradients
 * of our tests |Λ − γ| is mostly about 0.7·`learningRate`. Watch the global `lambda` and choose a share of it.
 *
 * @example
 * ```ts
 * import { SWATS } from '@optim/swats';
 *
 * const optimizer = new SWATS({ learningRate: 1e-3, switchTolerance: 1e-5 });
 * model.compile({ optimizer, loss: 'meanSquaredError' });
 * ```
 * @see https://arxiv.org/abs/1712.07628
 */
export class SWATS extends Optimizer<SWATSOptions> {
  static readonly className: string = 'SWATS';

  static override readonly rule: Rule<SWATSOptions, 'm' | 'v' | 'x' | 'b', Coefficients, Globals> = {
    options: {
      learningRate: hyper('[0, ∞)', 1e-3),
      ...momentsOptions(0.9, 0.999, 1e-9),
      switchTolerance: whole(hyper('[0, ∞)', 1e-9)),
      amsgrad: flag(false),
      nesterov: flag(false),
      adamD: flag(false),
      ...adaNormOptions(),
      ...commonOptions(0, 'coupled'),
    },
    momentum: ['m', 'b'],
    slots: ({ amsgrad }) => ({ m: zeros, v: zeros, x: amsgrad && zeros, b: zeros }),
    globals: () => ({ phase: 0, lambda: 0, Lambda: 0, switchRate: 1 }),
    coefficients(_t, options, k) {
      const { alpha, correction } = biasCorrection(k, options);
      // In the first step the estimate is its own average.
      return { alpha: alpha * correction, debias: 1 - options.beta2 ** k, watches: k > 1 };
    },
    rounds: () => [
      round({
        observe(tensors, known) {
          const { u } = adamStep(tensors, known);
          return { squares: u.square().sum(), products: u.mul(tensors.grad).sum() };
        },
        // The learning rate of SGD, and whether it is known well enough.
        combine({ squares, products }, known) {
          const { learningRate, beta2, switchTolerance, debias, phase, lambda } = known;
          const gamma = squares.div(products);
          const counts = phase.equal(0).and(products.equal(0).not());
          const average = ema(lambda, gamma, beta2);
          const found = { sgd: phase, lambda: where(counts, average, lambda) };
          if (!known.watches) return found;
          const L = average.div(debias);
          const settles = counts.and(L.greater(0)).and(L.sub(gamma).abs().less(switchTolerance));
          return {
            ...found,
            phase: where(settles, 1, phase),
            Lambda: where(settles, L, known.Lambda),
            switchRate: where(settles, learningRate, known.switchRate),
          };
        },
      }),
    ],
    rateInForce(_param, known) {
      const { learningRate, Lambda, switchRate } = known;
      return where(isSGD(known), Lambda.mul(learningRate).div(switchRate), learningRate);
    },
    update({ b, ...tensors }, known) {
      const { param, grad } = tensors;
      const { beta1, nesterov, rateInForce } = known;
      const sgd = isSGD(known);
      const { u, kept } = adamStep(tensors, known);
      b = where(sgd, b.mul(beta1).add(grad), 0);
      const d = nesterov ? grad.add(b.mul(beta1)) : b;
      const rate = rateInForce.mul(beta1.complement());
      return { ...kept, b, param: param.sub(where(sgd, d.mul(rate), u)) };
    },
  };
}

/** Whether this step is one of SGD. */
function isSGD({ phase, sgd = phase }: SWATSKnown): Expression {
  return sgd.greater(0);
}

/** What Adam takes off the parameter, and its moments. */
function adamStep(
  { grad, stretched, m, v, x }: Tensors<'m' | 'v' | 'x' | 'stretched'>,
  { beta1, beta2, epsilon, amsgrad, alpha }: SWATSKnown,
): { u: Expression; kept: Record<string, Expression> } {
  m = ema(m, stretched, beta1);
  v = ema(v, grad.square(), beta2);
  const { u, kept } = largestSoFar(v, x, amsgrad);
  return { u: m.mul(alpha).div(u.sqrt().add(epsilon)), kept: { m, v, ...kept } };
}

register(SWATS);
