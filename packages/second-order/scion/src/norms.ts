// SPDX-License-Identifier: Apache-2.0
// The norms of SCION: which of them fits a variable, and the point of its unit ball furthest along a tensor.

import { outOfRange } from '@optim/core/authoring';
import { matrixOf, orthogonalized } from '@optim/formulas';
import { reshape, sizeOf, type Expression } from '@optim/fusion';
import { newtonSchulzSteps } from '@optim/linalg';
import type * as tf from '@tensorflow/tfjs-core';

/** A norm. */
export type Norm = 'spectral' | 'spectralConv' | 'row' | 'column' | 'sign' | 'bias';

/** Each norm with the ranks it is made for. */
const ranks: Readonly<Record<Norm, readonly number[]>> = {
  spectral: [2],
  spectralConv: [3, 4],
  row: [2],
  column: [2],
  sign: [2],
  // Of a kernel, all elements together: for depthwise ones, which have no matrix in them.
  bias: [0, 1, 3, 4],
};

/** A norm, or `'auto'`: by the rank of each variable. */
export type NormName = Norm | 'auto';

/** All values of the option. */
export const normNames: readonly NormName[] = ['auto', ...(Object.keys(ranks) as Norm[])];

/**
 * The norm for a variable.
 *
 * @param owner - the class, as errors name it
 * @throws RangeError naming the variable where the norm does not fit its rank
 */
export function normOf(owner: string, { name, shape }: tf.Variable, norm: NormName): Norm {
  const { length: rank } = shape;
  const byRank = (['bias', 'bias', 'spectral', 'spectralConv', 'spectralConv'] as const)[rank];
  const chosen = norm === 'auto' ? byRank : norm;
  if (chosen && ranks[chosen].includes(rank)) return chosen;
  const fitting = normNames.filter(
    (each) => each !== 'auto' && (ranks[each] as readonly number[]).includes(rank),
  );
  const wanted =
    fitting.length === 0
      ? 'of a variable of rank 4 or less'
      : `one of ${fitting.map((each) => `'${each}'`).join(', ')}`;
  throw outOfRange(owner, `norm of "${name}", which has the shape [${shape}],`, wanted, norm);
}

/** What a norm goes by. */
export interface NormKnown {
  readonly normalized: boolean | null;
  readonly atLeastOne: boolean;
  readonly transposed: boolean;
  readonly nsSteps: number;
}

/** Newton–Schulz of the tensor as matrix of its last axis. */
function spectral(m: Expression, nsSteps: number): Expression {
  const O = orthogonalized(matrixOf(m).matrix, newtonSchulzSteps('original', nsSteps), 1e-7);
  return reshape(O, m.shape);
}

/** x divided, vector by vector along `axes`, by its root mean square times a number. */
function divided(x: Expression, axes: number[] | undefined, times: number): Expression {
  const length = x.norm(axes);
  const r = length.mul(times / Math.sqrt(x.size / length.size));
  return x.div(r.add(1e-8));
}

/** The factor on the orthogonal matrix of `'spectral'`. */
export function spectralFactor(fan: number, out: number, normalized: boolean, atLeastOne: boolean): number {
  const f = Math.sqrt(normalized ? out / fan : out);
  return atLeastOne ? Math.max(1, f) : f;
}

/** The vectors of `'row'` and `'column'`: the axis along which they lie, and how many root mean squares long one is. */
export function vectorsOf(
  norm: 'row' | 'column',
  [fan, out]: readonly [number, number],
  { transposed, normalized }: { readonly transposed: boolean; readonly normalized: boolean },
): { axis: number; times: number } {
  // Of a transposed tensor the inputs are the last axis.
  const inputs = transposed ? out : fan;
  // One vector per input, or one per output: Σ = mean·inputs.
  return norm === 'column'
    ? { axis: transposed ? 0 : 1, times: normalized ? inputs : 1 }
    : { axis: transposed ? 1 : 0, times: Math.sqrt(inputs) * (normalized ? Math.sqrt(inputs) : 1) };
}

/** Whether a ball is rescaled by the fan-in. */
export const isNormalized = (norm: Norm, normalized: boolean | null): boolean =>
  normalized ?? norm !== 'column';

/**
 * The linear minimization oracle, with the other sign: the point of the unit ball furthest along m.
 *
 * @param norm - one that fits the rank of m, as {@link normOf} gives it
 */
export function furthest(m: Expression, norm: Norm, known: NormKnown): Expression {
  const { nsSteps } = known;
  const normalized = isNormalized(norm, known.normalized);
  const [fan = 1, out = 1] = m.shape.slice(-2);
  switch (norm) {
    case 'bias':
      return divided(m, undefined, 1);
    case 'spectral':
      return spectral(m, nsSteps).mul(spectralFactor(fan, out, normalized, known.atLeastOne));
    case 'spectralConv': {
      const positions = sizeOf(m.shape.slice(0, -2));
      return spectral(m, nsSteps).mul(Math.sqrt(out / fan) / positions);
    }
    case 'column':
    case 'row': {
      const { axis, times } = vectorsOf(norm, [fan, out], { ...known, normalized });
      return divided(m, [axis], times);
    }
    case 'sign':
      return normalized ? m.sign().div(fan) : m.sign();
  }
}
