// SPDX-License-Identifier: Apache-2.0
// What several papers share, each once.

import { constant, exp, log, where, type Expression } from '@optim/fusion';
import type { Results, TracedInit } from './types.js';

/** A slot of the parameter's shape, all one number. */
export function full(value: number): TracedInit {
  return (param) => constant(value).broadcastTo(param.shape);
}

/** A slot of the parameter's shape, all zeros. */
export const zeros: TracedInit = /* @__PURE__ */ full(0);

/** A slot of the parameter's shape, all ones. */
export const ones: TracedInit = /* @__PURE__ */ full(1);

/** A scalar slot, zero. */
export const zero: TracedInit = () => constant(0);

/** A slot that starts as a copy of the parameter. */
export const copy: TracedInit = (param) => param;

/** How many elements are NaN or infinite. */
export function nonFinites(x: Expression): Expression {
  return where(x.isFinite(), 0, 1).sum();
}

/** Exponential moving average: β·average + (1 − β)·x. */
export function ema(average: Expression, x: Expression, beta: Expression): Expression {
  return average.mul(beta).add(x.mul(beta.complement()));
}

/**
 * Momentum as a heavy ball, which adds gradients up where a moving average would weigh them; Nesterov's looks ahead.
 *
 * ```text
 * b ← μb + share·g
 * q = b                                    nesterov: g + μb
 * ```
 *
 * @param share - of a new gradient: 1 − dampening
 * @returns the direction q of the step, and the new b
 */
export function heavyBall(
  b: Expression,
  grad: Expression,
  {
    momentum,
    share,
    nesterov,
  }: { readonly momentum: Expression; readonly share: Expression; readonly nesterov: boolean },
): { q: Expression; b: Expression } {
  const next = b.mul(momentum).add(grad.mul(share));
  return { q: nesterov ? grad.add(next.mul(momentum)) : next, b: next };
}

/** x/d, and 0 where d is 0: an element that has never had a gradient stays, without an ε too. */
export function quotient(x: Expression, d: Expression): Expression {
  return where(d.equal(0), 0, x.div(d));
}

/** Where ε stands beside a root: added to it, √u + ε, or under it, √(u + ε). */
export type EpsilonPosition = 'outside' | 'inside';

/** The root of a second moment with its ε. */
export function rooted(u: Expression, epsilon: Expression, position: EpsilonPosition): Expression {
  return position === 'outside' ? u.sqrt().add(epsilon) : u.add(epsilon).sqrt();
}

/** All axes but the last, which counts the output units of a kernel. */
export function unitAxes(x: Expression): number[] {
  return Array.from({ length: Math.max(0, x.rank - 1) }, (_, axis) => axis);
}

/**
 * AMSGrad's second moment, where it is on: the largest so far, x ← max(x, v); else v itself.
 *
 * @param x - the slot of the largest moment, of the shape of v, zeros at first, there when `amsgrad` is on
 * @returns the moment to divide by, and what is to be kept
 */
export function largestSoFar(
  v: Expression,
  x: Expression,
  amsgrad: boolean,
): { u: Expression; kept: Results } {
  if (!amsgrad) return { u: v, kept: {} };
  const u = x.maximum(v);
  return { u, kept: { x: u } };
}

/**
 * Positive-negative momentum: two averages, each fed in every second step; subtracting the older one raises the noise of
 * the step and leaves its mean direction.
 *
 * ```text
 * P, N = a, b in odd steps; b, a in even ones
 * P ← β₁²P + (1 − β₁²)g
 * q = [(1 + β₀)P − β₀N]/√[(1 + β₀)² + β₀²]
 * ```
 *
 * @param odd - whether the number of the step is
 * @returns q, and the average that has changed
 * @see https://arxiv.org/abs/2103.17182
 */
export function positiveNegative(
  { a, b }: { readonly a: Expression; readonly b: Expression },
  grad: Expression,
  { beta1, beta0, odd }: { readonly beta1: Expression; readonly beta0: Expression; readonly odd: boolean },
): { q: Expression; kept: Results } {
  const P = ema(odd ? a : b, grad, beta1.square());
  const N = odd ? b : a;
  const gain = beta0.add(1);
  const noise = gain.square().add(beta0.square()).sqrt();
  const q = P.mul(gain.div(noise)).sub(N.mul(beta0.div(noise)));
  return { q, kept: odd ? { a: P } : { b: P } };
}

/**
 * Stable weight decay: decoupled decay in proportion to the typical step, p ← p·(1 − strength/S) where S > 0.
 *
 * @param strength - learning rate times weight decay
 * @param S - root of the mean second moment of all parameters
 * @see https://arxiv.org/abs/2011.11152
 */
export function stablyDecayed(param: Expression, strength: Expression, S: Expression): Expression {
  return param.mul(where(S.equal(0), 0, strength.div(S)).complement());
}

/** Lookahead's slow weights φ after they have gone towards the fast ones: φ + α(p − φ). */
export function slowWeights(slow: Expression, fast: Expression, alpha: number): Expression {
  return alpha === 1 ? fast : slow.add(fast.sub(slow).mul(alpha));
}

/**
 * A smooth maximum of x and 0: ln(1 + exp(β·x))/β, without overflow. In place of a denominator it keeps small ones from
 * giving huge steps: its least value for x ≥ 0 is ln 2/β.
 *
 * @see https://arxiv.org/abs/1908.00700
 */
export function softplus(x: Expression, beta: Expression | number): Expression {
  // Beyond 80 the sum is 1, and numbers smaller than any normal one would take their time.
  const decay = exp(x.abs().mul(beta).minimum(80).neg());
  return log(decay.add(1)).div(beta).add(x.maximum(0));
}

/**
 * Adam's step size and the factor of its second moment at update t, from 1. AdamD corrects the second moment alone.
 *
 * ```text
 * α = learningRate/(1 − β₁ᵗ)     with adamD: learningRate
 * c = √(1 − β₂ᵗ)
 * ```
 */
export function biasCorrection(
  t: number,
  hyper: {
    readonly learningRate: number;
    readonly beta1: number;
    readonly beta2: number;
    readonly adamD: boolean;
  },
): { alpha: number; correction: number } {
  const { learningRate, beta1, beta2, adamD } = hyper;
  return {
    alpha: adamD ? learningRate : learningRate / (1 - beta1 ** t),
    correction: Math.sqrt(1 - beta2 ** t),
  };
}

/**
 * 1 − β₁ᵗ and 1 − β₂ᵗ where t counts the steps that were taken, which the device alone knows: moving averages of ones.
 *
 * @param known - the decays, and the globals `c1`, `c2`, both 0 at first
 * @returns the new `c1` and `c2`
 */
export function countedCorrections(known: {
  readonly beta1: Expression;
  readonly beta2: Expression;
  readonly c1: Expression;
  readonly c2: Expression;
}): { c1: Expression; c2: Expression } {
  const { beta1, beta2, c1, c2 } = known;
  return { c1: ema(c1, constant(1), beta1), c2: ema(c2, constant(1), beta2) };
}

/**
 * Length of the approximated moving average and RAdam's variance rectification at update t, from 1.
 *
 * ```text
 * ρ∞ = 2/(1 − β₂) − 1
 * ρ  = ρ∞ − 2t·β₂ᵗ/(1 − β₂ᵗ)
 * r  = √[(ρ − 4)(ρ − 2)ρ∞ / ((ρ∞ − 4)(ρ∞ − 2)ρ)]
 * ```
 *
 * Up to a length of 4 the variance is not finite: both are 0 there, below every threshold.
 */
export function rectification(t: number, beta2: number): { rho: number; r: number } {
  const rhoInf = 2 / (1 - beta2) - 1;
  const power = beta2 ** t;
  const rho = rhoInf - (2 * t * power) / (1 - power);
  if (rho <= 4) return { rho: 0, r: 0 };
  return { rho, r: Math.sqrt(((rho - 4) * (rho - 2) * rhoInf) / ((rhoInf - 4) * (rhoInf - 2) * rho)) };
}
