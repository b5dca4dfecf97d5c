// SPDX-License-Identifier: Apache-2.0
// The basis of a matrix, the gradient in it, and the way back.

import type { Hyper, Recurrence } from '@optim/core/authoring';
import { matMul, reshape, slice, where, type Expression, type Shape } from '@optim/fusion';
import { eigenvectors, identity } from '@optim/kronecker';

/** Options of {@link GaLore}. */
export interface GaLoreOptions {
  /** r: how many directions of the shorter side are kept, at most all. @defaultValue `128` */
  rank?: number;
  /** Steps from one basis to the next; the first step has one. @defaultValue `200` */
  updateGap?: number;
  /** α, a factor on the projected steps alone. @defaultValue `0.25` */
  scale?: number;
  /** Strength λ of a decoupled decay of all variables; the base must have none. @defaultValue `0` */
  weightDecay?: Hyper;
  /**
   * Which variables are projected, by name and shape; the others are left to the base as they are. `null`: those of rank 2 and
   * more. It cannot be saved.
   *
   * @defaultValue `null`
   */
  useGaLore?: ((name: string, shape: readonly number[]) => boolean) | null;
}

/** A tensor as a matrix, its last axis kept, and the side that is projected. */
export interface Sides {
  readonly matrix: readonly [fanIn: number, out: number];
  /** Whether the input side is the shorter one. */
  readonly isInput: boolean;
  readonly shorter: number;
  readonly rank: number;
  /** Shape of the projected gradient. */
  readonly projected: Shape;
}

export function sidesOf(shape: Shape, { rank: most }: { readonly rank: number }): Sides {
  const out = shape.at(-1)!;
  const fanIn = shape.slice(0, -1).reduce((product, length) => product * length, 1);
  const isInput = fanIn <= out;
  const shorter = Math.min(fanIn, out);
  const rank = Math.min(most, shorter);
  return {
    matrix: [fanIn, out],
    isInput,
    shorter,
    rank,
    projected: isInput ? [rank, out] : [fanIn, rank],
  };
}

export function isProjected(
  { name, shape }: { readonly name: string; readonly shape: Shape },
  { useGaLore }: Required<GaLoreOptions>,
): boolean {
  return useGaLore === null ? shape.length >= 2 : useGaLore(name, shape);
}

/** The first columns of a matrix. */
const columns = (x: Expression, n: number): Expression => slice(x, [0, 0], [x.shape[0]!, n]);

/** Every column times ±1, so that its element of largest magnitude is positive: old slots meet the same signs. */
function signed(basis: Expression): Expression {
  const isPositive = basis.max([0]).greaterEqual(basis.min([0]).neg());
  return basis.mul(where(isPositive, 1, -1));
}

/** Leading eigenvectors of G·Gᵀ or Gᵀ·G; the old ones where G has no direction. */
function basisOf(G: Expression, old: Expression, { isInput, rank }: Sides): Expression {
  const largest = G.abs().max();
  const has = largest.greater(0);
  // Directions do not depend on the length, whose square might underflow.
  const unit = G.div(where(has, largest, 1));
  const gram = matMul(unit, unit, !isInput, isInput);
  return where(has, signed(columns(eigenvectors(gram), rank)), old);
}

/** `refreshes`: whether the step makes a new basis. */
export const project: Recurrence<GaLoreOptions, 'P', { refreshes: boolean; projected: boolean }> = {
  slots: (options) => ({
    P: (param, { projected }) => {
      if (!projected) return null;
      const { shorter, rank } = sidesOf(param.shape, options);
      return columns(identity([shorter, shorter]), rank);
    },
  }),
  traits: (variable, options) => ({ projected: isProjected(variable, options) }),
  coefficients: (t, { updateGap }) => ({ refreshes: (t - 1) % updateGap === 0 }),
  returns: ['R'],
  update({ grad, P }, { refreshes, rank }) {
    const sides = sidesOf(grad.shape, { rank });
    const G = reshape(grad, sides.matrix);
    if (refreshes) P = basisOf(G, P, sides);
    return { ...(refreshes && { P }), R: sides.isInput ? matMul(P, G, true) : matMul(G, P) };
  },
};

/** `D` is the step of the base in the basis, `learningRate` that of the base. */
export const move: Recurrence<GaLoreOptions, 'P' | 'D' | 'learningRate', { projected: boolean }> = {
  update({ param, P, D, learningRate }, { projected, rank, scale, weightDecay, decays }) {
    if (projected) {
      const { isInput } = sidesOf(param.shape, { rank });
      const way = isInput ? matMul(P, D) : matMul(D, P, false, true);
      param = param.add(reshape(way, param.shape).mul(scale));
    }
    return { param: decays ? param.mul(learningRate.mul(weightDecay).complement()) : param };
  },
};
