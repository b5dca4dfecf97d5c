// SPDX-License-Identifier: Apache-2.0
// The rule by which sharpness-aware methods move parameters to the worst point nearby.

import { round, type Hyper, type Known, type Recurrence } from '@optim/core/authoring';
import { lengthOf, squareSums, where, type Expression } from '@optim/fusion';

/** Options of every sharpness-aware method. */
export interface PerturbationOptions {
  /** Radius of the neighbourhood. */
  rho?: Hyper;
  /** Added to the norm. */
  perturbEpsilon?: number;
}

/** What the round finds: rho/(N + perturbEpsilon). */
interface Found {
  stretch: number;
}

/** The rule, for the options of a wrapper. */
export type Ascent<O extends PerturbationOptions, C extends object = object> = Recurrence<O, never, C, Found>;

/**
 * Ascent along the gradient. Sums run over all elements of all parameters together.
 *
 * ```text
 * N = √(Σ (T·g)²)
 * q = p + rho·T²·g/(N + perturbEpsilon)       q = p where N = 0
 * ```
 *
 * @param scale - T, which shapes the neighbourhood, element by element; `null` for 1
 * @param traits - what `scale` may know of each variable by itself
 */
export function ascent<O extends PerturbationOptions, C extends object = object>(
  scale: (param: Expression, known: Known<O, C & Found>) => Expression | null,
  traits?: Ascent<O, C>['traits'],
): Ascent<O, C> {
  const times = (x: Expression, T: Expression | null): Expression => (T ? x.mul(T) : x);
  return {
    ...(traits && { traits }),
    rounds: () => [
      round({
        observe: ({ param, grad }, known) => squareSums(times(grad, scale(param, known))),
        combine(sums, known) {
          const { rho, perturbEpsilon } = known as Known<PerturbationOptions>;
          const N = lengthOf(sums);
          const stretch = (rho as Expression).div(N.add(perturbEpsilon));
          return { stretch: where(N.equal(0), 0, stretch) };
        },
      }),
    ],
    update({ param, grad }, known) {
      const T = scale(param, known);
      return { param: param.add(times(times(grad, T), T).mul(known.stretch)) };
    },
  };
}

/** T of SAM: |p| with the option `adaptive`, else 1. */
export function adaptiveScale(
  param: Expression,
  { adaptive }: { readonly adaptive: boolean },
): Expression | null {
  return adaptive ? param.abs() : null;
}
