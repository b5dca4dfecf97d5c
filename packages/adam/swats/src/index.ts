// SPDX-License-Identifier: Apache-2.0
// Keskar and Socher, "Improving Generalization Performance by Switching from Adam to SGD", arXiv:1712.07628
// Checked against the paper's algorithm in float64; the Adam phase against Mrpatekful/swats.

import { adaNorm, adaNormOptions, commonOptions, flag, hyper, Optimizer, register, type AdaNormOptions, type DecayScalars, type Hyper, type OptimizerOptions, type OptionTable, type Resolved, type Results, type Round, type Scalars, type SlotInit, type Tensors } from '@optim/core/authoring';
import { biasCorrection, ema, largestSoFar, zero, zeros } from '@optim/formulas';
import { where, type Expression } from '@optim/fusion';

/** Options of {@link SWATS}. */
export interface SWATSOptions extends OptimizerOptions, AdaNormOptions {
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
type Globals = { phase: number; lambda: number; Lambda: number; switchRate: number };
type SWATSScalars = Scalars<SWATSOptions, Coefficients & Globals>;

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
 * Sums are over all elements of all parameters with a gradient; in a step without any, γ and λ are left out. k counts the
 * steps of the optimizer. Λ takes the place of learningRate in the decoupled decay too; it follows a schedule as its ratio to
 * the learning rate of the switch. Everything is decided on the device: nothing is read back, and nothing is freed.
 *
 * Slots, of the parameter's shape: `m`, `v`, with `amsgrad` `x` (largest v), `b`; scalar: with `adanorm` `e`. Globals: `phase`
 * (0 Adam, 1 SGD), `lambda` (λ), `Lambda` (Λ, 0 before the switch), `switchRate` (the learning rate then).
 *
 * Others estimate a rate for each tensor, and the first one that is known sets all; their tolerance is relative. The paper
 * uses ε as the tolerance too.
 *
 * **When to use:** where Adam starts well and SGD ends better: image classification over many epochs. **When not:** for short
 * runs, or where SGD does not train at all. **Hint:** γ scatters from batch to batch, so that a tolerance of 1e-9 is hardly
 * ever met; 1e-5 suits networks of the size of CIFAR's.
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
  static get className(): string {
    return 'SWATS';
  }

  static override readonly options: OptionTable<SWATSOptions> = {
    learningRate: hyper('[0, ∞)', 1e-3),
    beta1: hyper('[0, 1)', 0.9),
    beta2: hyper('[0, 1)', 0.999),
    epsilon: hyper('[0, ∞)', 1e-9),
    switchTolerance: hyper('[0, ∞)', 1e-9),
    amsgrad: flag(false),
    nesterov: flag(false),
    adamD: flag(false),
    ...adaNormOptions(),
    ...commonOptions(0, 'coupled'),
  };

  static override readonly momentumSlots: readonly string[] = ['m', 'b'];

  protected override slots({ amsgrad, adanorm }: SWATSOptions): Record<string, SlotInit> {
    return { m: zeros, v: zeros, ...(amsgrad && { x: zeros }), ...(adanorm && { e: zero }), b: zeros };
  }

  protected override globals(): Globals {
    return { phase: 0, lambda: 0, Lambda: 0, switchRate: 1 };
  }

  protected override coefficients(_t: number, hyper: Resolved<SWATSOptions>): Coefficients {
    const k = this.iterations + 1;
    const { alpha, correction } = biasCorrection(k, hyper);
    // In the first step the estimate is its own average.
    return { alpha: alpha * correction, debias: 1 - hyper.beta2 ** k, watches: k > 1 };
  }

  protected override rounds(): Round[] {
    return [estimate];
  }

  protected override rateInForce(_param: Expression, scalars: DecayScalars & SWATSScalars): Expression {
    const { learningRate, Lambda, switchRate } = scalars;
    return where(isSGD(scalars), Lambda.mul(learningRate).div(switchRate), learningRate);
  }

  protected override update(
    { param, grad, b, ...moments }: Tensors<'m' | 'v' | 'x' | 'e' | 'b'>,
    scalars: DecayScalars & SWATSScalars,
  ): Results {
    const { beta1, nesterov } = scalars;
    const sgd = isSGD(scalars);
    const { u, kept } = adamStep({ ...moments, grad }, scalars);
    b = where(sgd, b.mul(beta1).add(grad), 0);
    const d = nesterov ? grad.add(b.mul(beta1)) : b;
    const rate = this.rateInForce(param, scalars).mul(beta1.neg().add(1));
    return { ...kept, b, param: param.sub(where(sgd, d.mul(rate), u)) };
  }
}

/** Whether this step is one of SGD; the round of the step, which may end the phase of Adam, keeps what was before as `sgd`. */
function isSGD(scalars: SWATSScalars & { readonly sgd?: Expression }): Expression {
  return (scalars.sgd ?? scalars.phase).greater(0);
}

/** Rules 2 to 5: what Adam takes off the parameter. */
function adamStep(
  { grad, m, v, x, e }: Omit<Tensors<'m' | 'v' | 'x' | 'e'>, 'param'>,
  scalars: SWATSScalars,
): { u: Expression; kept: Results } {
  const { beta1, beta2, epsilon, amsgrad, alpha } = scalars;
  const { grad: s, kept: norm } = adaNorm(grad, e, scalars);
  m = ema(m, s, beta1);
  v = ema(v, grad.square(), beta2);
  const { u, kept: largest } = largestSoFar(v, x, amsgrad);
  return { u: m.mul(alpha).div(u.sqrt().add(epsilon)), kept: { m, v, ...norm, ...largest } };
}

/** Rules 6 and 7: the learning rate of SGD, and whether it is known well enough. */
const estimate: Round = {
  observe: (tensors, scalars) => {
    const { u } = adamStep(tensors as Tensors<'m' | 'v' | 'x' | 'e'>, scalars as SWATSScalars);
    return { squares: u.square().sum(), products: u.mul(tensors['grad']!).sum() };
  },
  combine: ({ squares, products }, scalars) => {
    const { phase, lambda, Lambda, switchRate, learningRate, beta2, ...rest } = scalars as SWATSScalars;
    const { switchTolerance, debias, watches } = rest;
    const gamma = squares!.div(products!);
    const counts = phase.equal(0).and(products!.equal(0).not());
    const average = ema(lambda, gamma, beta2);
    const known = { sgd: phase, lambda: where(counts, average, lambda) };
    if (!watches) return known;
    const L = average.div(debias);
    const settles = counts.and(L.greater(0)).and(L.sub(gamma).abs().less(switchTolerance));
    return {
      ...known,
      phase: where(settles, 1, phase),
      Lambda: where(settles, L, Lambda),
      switchRate: where(settles, learningRate, switchRate),
    };
  },
};

register(SWATS);
