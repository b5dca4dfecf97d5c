// SPDX-License-Identifier: Apache-2.0

import {
  custom,
  patternsOf,
  resolveOptions,
  show,
  weightsOf,
  type LayerWithWeights,
  type OptionSpec,
} from '@optim/options';

export type { LayerWithWeights } from '@optim/options';

/** Options of {@link noDecayOf}. */
export interface NoDecayOptions {
  /** Classes of layers none of whose weights decay. @defaultValue `['BatchNormalization', 'LayerNormalization']` */
  layers?: readonly string[];
  /** Roles of weights that decay in no layer: the last part of their names. @defaultValue `['bias']` */
  roles?: readonly string[];
}

const isNames = (value: unknown): boolean =>
  Array.isArray(value) && value.every((name) => typeof name === 'string');

const names = (value: readonly string[]): OptionSpec => custom('an array of strings', isNames, value);

/**
 * The weights of a model that are usually spared from weight decay, in the form of `noDecay`: those of layers of some classes,
 * and those with some roles in all layers.
 *
 * The result names variables, so it fits every model whose layers have the same names; give layers names of their own where it
 * is saved.
 *
 * @example
 * ```ts
 * import { createOptimizer, noDecayOf } from '@optim/all';
 *
 * const optimizer = createOptimizer({ name: 'AdamW', options: { weightDecay: 0.05 }, noDecay: noDecayOf(model) });
 * ```
 * @param model - a `tf.LayersModel` that is built
 * @returns regular expressions: one, or several where there are many names; none where the model has no such weights
 * @throws TypeError for something that has no layers; TypeError for a wrong option
 */
export function noDecayOf(
  model: { readonly layers: readonly LayerWithWeights[] },
  options: NoDecayOptions = {},
): string[] {
  const rows = { layers: names(['BatchNormalization', 'LayerNormalization']), roles: names(['bias']) };
  const { layers, roles } = resolveOptions<NoDecayOptions>('noDecayOf', rows, options);
  if (!Array.isArray(model?.layers))
    throw new TypeError(`noDecayOf: model must have layers, got ${show(model)}`);
  const spared = (model.layers as readonly LayerWithWeights[])
    .flatMap((layer) => weightsOf(layer))
    .filter(
      ({ name, classes }) =>
        classes.some((own) => layers.includes(own)) || roles.includes(name.slice(name.lastIndexOf('/') + 1)),
    );
  return patternsOf(spared.map(({ name }) => name));
}
