// SPDX-License-Identifier: Apache-2.0

import { custom, integer, nullable, resolveOptions, show, type OptionTable } from '@optim/core/authoring';
import * as tf from '@tensorflow/tfjs-core';
import { byLayers, chainOf, linearizations, type Model } from './layers.js';
import { LevenbergMarquardt } from './levenberg-marquardt.js';

/** Options of {@link fitLeastSquares}. */
export interface FitOptions {
  /** Most calls. @defaultValue `50` */
  calls?: number;
  /** Stays the caller's; one with default options, freed afterwards, when absent. */
  optimizer?: LevenbergMarquardt;
}

const table: OptionTable<FitOptions> = {
  calls: /* #__PURE__ */ integer('[0, ∞)', 50),
  optimizer: /* #__PURE__ */ nullable(
    /* #__PURE__ */ custom('a LevenbergMarquardt', (value) => value instanceof LevenbergMarquardt),
  ),
};

/**
 * Fits a model of tfjs-layers to targets by least squares, on all data at once, until the calls are over or one of them
 * stalls. The Jacobian of a chain of Dense and Activation layers takes a pass for each output; of any other model it takes a
 * gradient for each residual.
 *
 * @param model - with one input and one output; it need not be compiled
 * @param x - all inputs
 * @param y - all targets, of the shape of the outputs
 * @returns F, half the sum of squares, at the start of each call
 * @throws TypeError with `jacobian: 'layers'` for another model; as `minimize`, as a rejection
 */
export async function fitLeastSquares(
  model: Model,
  x: tf.Tensor,
  y: tf.Tensor,
  options: FitOptions = {},
): Promise<number[]> {
  const { calls, optimizer } = resolveOptions('fitLeastSquares', table, options);
  const given: [name: string, value: unknown, kind: string, isOne: boolean][] = [
    ['model', model, 'a model of tfjs-layers', Array.isArray(Object(model).trainableWeights)],
    ['x', x, 'a tensor', x instanceof tf.Tensor],
    ['y', y, 'a tensor', y instanceof tf.Tensor],
  ];
  for (const [name, value, kind, isOne] of given)
    if (!isOne) throw new TypeError(`fitLeastSquares: ${name} must be ${kind}, got ${show(value)}`);
  const used = optimizer ?? new LevenbergMarquardt();
  const variables = model.trainableWeights.map((weight) => (weight as unknown as { val: tf.Variable }).val);
  const residuals = (): tf.Tensor => tf.sub(model.apply(x, { training: true }) as tf.Tensor, y);
  const chain = x.rank === 2 ? chainOf(model) : null;
  if (chain) linearizations.set(residuals, () => byLayers(chain, x, y));
  const history: number[] = [];
  try {
    for (let call = 0; call < calls; call++) {
      history.push(await used.minimizeAsync(residuals, variables));
      if (used.stalled) break;
    }
  } finally {
    if (!optimizer) used.dispose();
  }
  return history;
}
