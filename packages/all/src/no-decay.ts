// SPDX-License-Identifier: Apache-2.0

import {
  patternsOf,
  sparing,
  weightsByLayer,
  type LayerWithWeights,
  type NoDecayOptions,
} from '@optim/options';

export type { LayerWithWeights, NoDecayOptions } from '@optim/options';

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
  const spares = sparing('noDecayOf', options);
  const weights = weightsByLayer('noDecayOf', model).flat();
  return patternsOf(weights.filter(spares).map(({ name }) => name));
}
