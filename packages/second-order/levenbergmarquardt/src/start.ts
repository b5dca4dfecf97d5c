// SPDX-License-Identifier: Apache-2.0
// Where a call begins: residuals and their Jacobian.

import { hold } from '@optim/core/authoring';
import * as tf from '@tensorflow/tfjs-core';
import { assertFits, assertResiduals, byRows, drawn, variablesOf, type Drawn } from './jacobian.js';
import { linearizations } from './layers.js';
import type { LevenbergMarquardtOptions, Linearized } from './options.js';

/** Where a call begins. */
export interface Start extends Linearized {
  readonly variables: readonly tf.Variable[];
  /** Where they are, held. */
  readonly points: readonly tf.Variable[];
  /** What the evaluation drew. */
  readonly draws: readonly number[];
}

/** How a call evaluates, and what it leaves. */
export interface Scene {
  readonly way: Required<LevenbergMarquardtOptions>['jacobian'];
  readonly evaluate: <T>(body: () => T) => T;
  /** Receives what later evaluations kept. */
  readonly left: tf.Tensor[];
  /** Receives what is to be freed when the call ends. */
  readonly owned: tf.Tensor[];
}

/**
 * Rule 1.
 *
 * @throws TypeError for what are no residuals, and 'layers' where these do not come from a chain of layers; RangeError for a
 * Jacobian of another shape, or too large
 */
export function started(
  f: () => tf.Tensor,
  varList: readonly tf.Variable[] | undefined,
  { way, evaluate, left, owned }: Scene,
): Start {
  const layered = way === 'rows' ? undefined : linearizations.get(f);
  if (way === 'layers' && !layered)
    throw new TypeError(
      `LevenbergMarquardt: jacobian 'layers' is for fitLeastSquares with a model of Dense and Activation layers`,
    );
  const direct = typeof way === 'function' ? way : layered;
  const variables = varList ? [...new Set(varList)] : evaluate(() => variablesOf(f));
  const parameters = variables.reduce((sum, { size }) => sum + size, 0);
  const first: Drawn & Partial<Linearized> = evaluate(() => (direct ? given(direct) : drawn(f)));
  owned.push(first.residuals, ...(first.jacobian ? [first.jacobian] : []));
  assertResiduals(first.residuals);
  assertFits(first.residuals.size, parameters);
  const { residuals, draws } = first;
  const jacobian = first.jacobian ?? evaluate(() => byRows(f, first, variables, left).jacobian);
  if (!owned.includes(jacobian)) owned.push(jacobian);
  const shape = [residuals.size, parameters];
  if (`${jacobian.shape}` !== `${shape}`)
    throw new RangeError(
      `LevenbergMarquardt: the Jacobian must have shape [${shape}], got [${jacobian.shape}]`,
    );
  const points = variables.map(hold);
  owned.push(...points);
  return { variables, points, residuals, jacobian, draws };
}

function given(direct: () => Linearized): Linearized & { readonly draws: readonly number[] } {
  const { residuals, jacobian } = tf.tidy(() => ({ ...direct() }));
  return { residuals, jacobian, draws: [] };
}
