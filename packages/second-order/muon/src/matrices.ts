// SPDX-License-Identifier: Apache-2.0
// What Muon and its kin share: which variables are matrices, what becomes of their momentum, and AdamW for the others.

import {
  decayed,
  outOfRange,
  type Known,
  type Recurrence,
  type Resolved,
  type Results,
  type Tensors,
} from '@optim/core/authoring';
import { ema, matrixOf, orthogonalized } from '@optim/formulas';
import type { Expression } from '@optim/fusion';
import { newtonSchulzSteps } from '@optim/linalg';
import type * as tf from '@tensorflow/tfjs-core';
import type { MatrixOptions, UseMuon } from './options.js';

/** Whether a variable is a matrix, and the bias corrections of AdamW. */
export type Coefficients = { matrix: boolean; correction1: number; correction2: number };

type MatrixKnown = Known<MatrixOptions, Coefficients>;
type MatrixRecurrence = Recurrence<MatrixOptions, 'm' | 'v', Coefficients>;

/** @throws RangeError for a variable that has no matrix in it */
function isMatrix(owner: string, { name, shape }: tf.Variable, useMuon: UseMuon | null): boolean {
  if (useMuon === null) return shape.length >= 2;
  const wanted = useMuon(name, shape);
  if (wanted && shape.length < 2)
    throw outOfRange(owner, 'useMuon', `false for "${name}" of shape [${shape}]`, true);
  return wanted;
}

/**
 * Those parts of a rule that the classes have in common.
 *
 * @param owner - the class, as errors name it
 */
export function forMatrices(
  owner: string,
): Required<Pick<MatrixRecurrence, 'momentum' | 'decayOptions' | 'traits' | 'decay' | 'rateInForce'>> {
  return {
    momentum: ['m'],
    decayOptions: ['adamwWeightDecay'],
    traits: (variable, { useMuon }) => ({ matrix: isMatrix(owner, variable, useMuon) }),
    decay: (pair, { matrix, ...known }) =>
      decayed(pair, matrix ? known : { ...known, weightDecay: known.adamwWeightDecay }),
    rateInForce: (_param, { matrix, learningRate, adamwLearningRate }) =>
      matrix ? learningRate : adamwLearningRate,
  };
}

/** The bias corrections of AdamW at update `t`, from 1. */
export function adamwCorrections(
  t: number,
  { adamwBeta1, adamwBeta2 }: Resolved<MatrixOptions>,
): Pick<Coefficients, 'correction1' | 'correction2'> {
  return { correction1: 1 - adamwBeta1 ** t, correction2: Math.sqrt(1 - adamwBeta2 ** t) };
}

/** The update of a variable that is no matrix. */
export function adamw(
  { param, grad, m, v }: Tensors<'m' | 'v'>,
  known: MatrixKnown & { readonly rateInForce: Expression },
): Results {
  m = ema(m, grad, known.adamwBeta1);
  v = ema(v, grad.square(), known.adamwBeta2);
  const d = v.sqrt().div(known.correction2).add(known.adamwEpsilon);
  return { m, v, param: param.sub(m.div(d).mul(known.rateInForce.div(known.correction1))) };
}

/** The momentum m of a matrix, and the direction u, which looks ahead with Nesterov. */
export function direction(
  { m, grad }: Tensors<'m'>,
  { momentum, nesterov }: MatrixKnown,
): { m: Expression; u: Expression } {
  m = ema(m, grad, momentum);
  return { m, u: nesterov ? ema(m, grad, momentum) : m };
}

/** The direction as a matrix of inputs × outputs that is almost orthogonal. */
export function orthogonal(
  u: Expression,
  { nsSteps, coefficients, epsilon }: Pick<MatrixKnown, 'nsSteps' | 'coefficients' | 'epsilon'>,
): { O: Expression; fanIn: number; fanOut: number } {
  const { matrix, fanIn, fanOut } = matrixOf(u);
  return { O: orthogonalized(matrix, newtonSchulzSteps(coefficients, nsSteps), epsilon), fanIn, fanOut };
}
