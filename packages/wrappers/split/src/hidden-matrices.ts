// SPDX-License-Identifier: Apache-2.0

import { custom, isArrayOf, flag, patternsOf, resolveOptions, weightsByLayer } from '@optim/options';
import type { ChosenWeight, LayerWithWeights } from '@optim/options';

/** Options of {@link hiddenMatrices}. */
export interface HiddenMatricesOptions {
  /**
   * Classes of layers whose matrices are meant.
   * @defaultValue `['Dense', 'Conv1D', 'Conv2D', 'Conv3D', 'SimpleRNN', 'GRU', 'LSTM']`
   */
  layers?: readonly string[];
  /** Whether the matrices of output layers are meant too. @defaultValue `false` */
  head?: boolean;
}

/** What is used of a `tf.LayersModel`. */
interface Model {
  readonly layers: readonly LayerWithWeights[];
  readonly outputLayers?: readonly LayerWithWeights[];
}

const isNames = (value: unknown): boolean => isArrayOf(value, (name) => typeof name === 'string');
const classes = ['Dense', 'Conv1D', 'Conv2D', 'Conv3D', 'SimpleRNN', 'GRU', 'LSTM'];

/**
 * The hidden matrices of a model, for which Muon and its kind are made: kernels of dense, convolutional and recurrent layers but
 * those of the output. Embeddings, normalizations, biases and the head are left for another optimizer.
 *
 * The head are the output layers; where none of these has a matrix, as with an activation of its own at the end, it is the last
 * layer that has one. The result names variables, so it fits every model whose layers have the same names.
 *
 * @example
 * ```ts
 * import { AdamW } from '@optim/adamw';
 * import { Muon } from '@optim/muon';
 * import { hiddenMatrices, Split } from '@optim/split';
 *
 * const groups = [{ match: hiddenMatrices(model), optimizer: new Muon() }];
 * model.compile({ optimizer: new Split(new AdamW(), { groups }), loss: 'meanSquaredError' });
 * ```
 * @param model - a `tf.LayersModel` that is built
 * @returns regular expressions for `match` of a group
 * @throws TypeError for something that has no layers, or for a wrong option; RangeError for a model without such matrices
 */
export function hiddenMatrices(model: Model, options: HiddenMatricesOptions = {}): RegExp[] {
  const rows = { layers: custom('an array of strings', isNames, classes), head: flag(false) };
  const { layers, head } = resolveOptions<HiddenMatricesOptions>('hiddenMatrices', rows, options);
  const matricesOf = (of: Model): ChosenWeight[][] =>
    weightsByLayer('hiddenMatrices', of).map((own) => own.filter(({ rank }) => rank > 1));
  const matrices = matricesOf(model);
  const outputs = matricesOf({ layers: model.outputLayers ?? [] }).flat();
  const last = matrices.filter((own) => own.length > 0).at(-1) ?? [];
  const heads = new Set((outputs.length > 0 ? outputs : last).map(({ name }) => name));
  const hidden = matrices
    .flat()
    .filter(
      ({ name, classes: within }) => within.some((own) => layers.includes(own)) && (head || !heads.has(name)),
    )
    .map(({ name }) => name);
  if (hidden.length === 0)
    throw new RangeError('hiddenMatrices: model must have matrices in hidden layers, got none');
  return patternsOf(hidden).map((pattern) => new RegExp(pattern));
}
