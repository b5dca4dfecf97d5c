// SPDX-License-Identifier: Apache-2.0
// Parameter groups from the layers of a model and the roles of its weights.

import {
  flag,
  hyper,
  isSchedule,
  patternsOf,
  real,
  resolveOptions,
  sparing,
  weightsByLayer,
} from '@optim/options';
import type { ChosenWeight, Hyper, LayerWithWeights, OptionTable, ParameterGroup } from '@optim/options';
import { layerwiseDecay, scale } from '@optim/schedules';

/** What is read of a model: its layers. */
interface Layered {
  readonly layers: readonly LayerWithWeights[];
}

const groupsFor = (weights: readonly ChosenWeight[], options: object): ParameterGroup[] =>
  patternsOf(weights.map(({ name }) => name)).map((pattern) => ({ match: new RegExp(pattern), ...options }));

/**
 * Groups of the weights that weight decay is better without: biases, the slopes of PReLU, and all weights of normalization, as
 * `noDecayOf` of `@optim/all` finds them by its defaults. They can be saved, and match too when the model is loaded into a page that has one of it already, where TensorFlow.js appends numbers to the names.
 *
 * @param model - of tfjs-layers, built
 * @returns groups for the option `parameterGroups`, each with `weightDecay: 0`
 * @throws TypeError for what is no model
 * @example
 * ```ts
 * import { AdamW } from '@optim/adamw';
 * import { noDecay } from '@optim/callbacks';
 *
 * const optimizer = new AdamW({ weightDecay: 0.05, parameterGroups: noDecay(model) });
 * model.compile({ optimizer, loss: 'meanSquaredError' });
 * ```
 */
export function noDecay(model: Layered): ParameterGroup[] {
  const spared = weightsByLayer('noDecay', model).flat().filter(sparing('noDecay', {}));
  return groupsFor(spared, { weightDecay: 0 });
}

/** Options of {@link layerwiseGroups}. */
export interface LayerwiseGroupsOptions {
  /** Rate of the last layer, which is to be that of the optimizer; in [0, ∞), or a schedule. */
  learningRate: Hyper;
  /** Factor from a layer to the one before it; in (0, 1], default 0.75. */
  decay?: number;
  /** Whether biases and weights of normalization get `weightDecay: 0`, see {@link noDecay}; default false. */
  noDecay?: boolean;
}

const table: OptionTable<LayerwiseGroupsOptions> = {
  learningRate: /* #__PURE__ */ hyper('[0, ∞)'),
  decay: /* #__PURE__ */ real('(0, 1]', 0.75),
  noDecay: /* #__PURE__ */ flag(false),
};

/**
 * Groups with a learning rate for each layer, lower the closer to the input: what is fine-tuned moves least where it is most
 * general. Layers with weights count, in the order of the model. The groups are as those of {@link noDecay}.
 *
 * @param model - of tfjs-layers, built
 * @returns groups for the option `parameterGroups`, from input to output
 * @throws TypeError for what is no model, TypeError or RangeError for a wrong option
 * @example
 * ```ts
 * import { AdamW } from '@optim/adamw';
 * import { layerwiseGroups } from '@optim/callbacks';
 *
 * const learningRate = 1e-3;
 * const parameterGroups = layerwiseGroups(model, { learningRate, decay: 0.8, noDecay: true });
 * model.compile({ optimizer: new AdamW({ learningRate, parameterGroups }), loss: 'meanSquaredError' });
 * ```
 * @see Bao et al. 2021 (BEiT), arXiv:2106.08254
 */
export function layerwiseGroups(model: Layered, options: LayerwiseGroupsOptions): ParameterGroup[] {
  const layers = weightsByLayer('layerwiseGroups', model);
  const given = resolveOptions<LayerwiseGroupsOptions>('layerwiseGroups', table, options);
  const { learningRate, decay, noDecay: exempts } = given;
  const spares = sparing('layerwiseGroups', {});
  const factors = layers.length > 0 ? layerwiseDecay({ learningRate: 1, levels: layers.length, decay }) : [];
  return layers.flatMap((weights, i) => {
    const rate = isSchedule(learningRate) ? scale(learningRate, factors[i]!) : learningRate * factors[i]!;
    if (!exempts) return groupsFor(weights, { learningRate: rate });
    const decaying = weights.filter((weight) => !spares(weight));
    return [
      ...groupsFor(weights.filter(spares), { learningRate: rate, weightDecay: 0 }),
      ...groupsFor(decaying, { learningRate: rate }),
    ];
  });
}
