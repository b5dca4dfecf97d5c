// SPDX-License-Identifier: Apache-2.0
// What several papers share, each once.

import { constant, where, type Expression } from '@optim/fusion';
import type { SlotInit } from './rule.js';

/** A slot of the parameter's shape, all zeros. */
export const zeros: SlotInit = (param) => constant(0).broadcastTo(param.shape);

/** A slot of the parameter's shape, all ones. */
export const ones: SlotInit = (param) => constant(1).broadcastTo(param.shape);

/** A scalar slot, zero. */
export const zero: SlotInit = () => constant(0);

/** A slot that starts as a copy of the parameter. */
export const copy: SlotInit = (param) => param;

/** Exponential moving average: β·average + (1 − β)·x. */
export function ema(average: Expression, x: Expression, beta: Expression): Expression {
  return average.mul(beta).add(x.mul(beta.neg().add(1)));
}

/** All axes but the last, which counts the output units of a kernel. */
export function unitAxes(x: Expression): number[] {
  return Array.from({ length: Math.max(0, x.rank - 1) }, (_, axis) => axis);
}

/**
 * AdaNorm: a gradient shorter than the average length of its predecessors is stretched to that length.
 *
 * ```text
 * n = ‖g‖
 * e ← r·e + (1 − r)·n
 * g ← g·e/n   if e > n > 0
 * ```
 */
export function adaNorm(grad: Expression, e: Expression, r: Expression): { grad: Expression; e: Expression } {
  const n = grad.norm();
  const average = ema(e, n, r);
  const stretch = average.greater(n).and(n.greater(0));
  return { grad: where(stretch, grad.mul(average.div(n)), grad), e: average };
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
 * Length of the approximated moving average and RAdam's variance rectification at update t, from 1.
 *
 * ```text
 * ρ∞ = 2/(1 − β₂) − 1
 * ρ  = ρ∞ − 2t·β₂ᵗ/(1 − β₂ᵗ)
 * r  = √[(ρ − 4)(ρ − 2)ρ∞ / ((ρ∞ − 4)(ρ∞ − 2)ρ)]      meaningful for ρ > 4
 * ```
 */
export function rectification(t: number, beta2: number): { rho: number; r: number } {
  const rhoInf = 2 / (1 - beta2) - 1;
  const power = beta2 ** t;
  const rho = rhoInf - (2 * t * power) / (1 - power);
  return { rho, r: Math.sqrt(((rho - 4) * (rho - 2) * rhoInf) / ((rhoInf - 4) * (rhoInf - 2) * rho)) };
}
