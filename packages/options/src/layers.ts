// SPDX-License-Identifier: Apache-2.0
// Variables chosen by the layers of a model that they are in.

import { isArrayOf, resolveOptions, show, type OptionSpec } from './options.js';
import { custom } from './rows.js';
import { isCallable } from './schedule.js';

/** What is used of a layer of tfjs-layers. */
export interface LayerWithWeights {
  getClassName(): string;
  readonly weights: readonly LayerWeight[];
  /** Of a model inside a model. */
  readonly layers?: readonly LayerWithWeights[];
  /** What `TimeDistributed` and `Bidirectional` are around. */
  readonly layer?: LayerWithWeights;
}

/** A weight of a layer. */
export interface LayerWeight {
  readonly name: string;
  readonly originalName?: string;
  readonly shape?: readonly (number | null)[];
}

/** A weight as it is chosen: its name, and the classes of the layers that it is in, from the outside in. */
export interface ChosenWeight {
  readonly name: string;
  readonly rank: number;
  readonly classes: readonly string[];
}

/** Whether it is a layer, as far as it is used here. */
function isLayer(value: unknown): value is LayerWithWeights {
  const { getClassName, weights, layers, layer } = (value ?? {}) as Partial<LayerWithWeights>;
  const isWeight = (each: unknown): boolean => {
    const { name, originalName = name } = (each ?? {}) as Partial<LayerWeight>;
    return typeof originalName === 'string';
  };
  if (!isCallable(getClassName) || (layer != null && !isCallable(layer.getClassName))) return false;
  return layers == null ? isArrayOf(weights, isWeight) : Array.isArray(layers);
}

/**
 * Weights of a model layer by layer, from input to output; layers of a model within a model stand in its place, one that is
 * shared stands where it is first, one without weights nowhere.
 *
 * @param model - a `tf.LayersModel` that is built
 * @throws TypeError for what has no layers, or others than those of tfjs-layers
 */
export function weightsByLayer(
  owner: string,
  model: { readonly layers: readonly LayerWithWeights[] },
): ChosenWeight[][] {
  if (!Array.isArray(model?.layers))
    throw new TypeError(`${owner}: model must have layers, got ${show(model)}`);
  const seen = new Set<LayerWithWeights>();
  const walk = (layer: LayerWithWeights, within: readonly string[]): ChosenWeight[][] => {
    if (seen.has(layer)) return [];
    if (!isLayer(layer))
      throw new TypeError(`${owner}: model must have layers with weights, got ${show(layer)} among them`);
    seen.add(layer);
    const classes = [...within, layer.getClassName()];
    if (layer.layers) return Array.from(layer.layers).flatMap((inner) => walk(inner, classes));
    if (layer.layer) classes.push(layer.layer.getClassName());
    const weights = layer.weights.map(({ name, originalName = name, shape }) => ({
      name: originalName,
      rank: shape?.length ?? 0,
      classes,
    }));
    return weights.length > 0 ? [weights] : [];
  };
  // Holes included.
  return Array.from(model.layers as readonly LayerWithWeights[]).flatMap((layer) => walk(layer, []));
}

/** Which weights are spared from weight decay. */
export interface NoDecayOptions {
  /**
   * Classes of layers none of whose weights decay.
   * @defaultValue `['BatchNormalization', 'LayerNormalization', 'GroupNormalization', 'InstanceNormalization', 'RMSNormalization']`
   */
  layers?: readonly string[];
  /** Roles of weights that decay in no layer: the last part of their names. @defaultValue `['bias', 'alpha']` */
  roles?: readonly string[];
}

const names = (value: readonly string[]): OptionSpec =>
  custom('an array of strings', (given) => isArrayOf(given, (name) => typeof name === 'string'), value);

const normalizations = ['Batch', 'Layer', 'Group', 'Instance', 'RMS'].map((kind) => `${kind}Normalization`);

/**
 * A test of weights: whether one is to be spared from weight decay.
 * @throws TypeError for a wrong option
 */
export function sparing(owner: string, options: NoDecayOptions): (weight: ChosenWeight) => boolean {
  const rows = { layers: names(normalizations), roles: names(['bias', 'alpha']) };
  const { layers, roles } = resolveOptions<NoDecayOptions>(owner, rows, options);
  return ({ name, classes }) =>
    classes.some((own) => layers.includes(own)) || roles.includes(name.slice(name.lastIndexOf('/') + 1));
}

/** Of names in one expression: a configuration holds none of more than 1000 letters. */
const mostLetters = 900;

const escaped = (name: string): string => name.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`);

/** Names as alternatives of regular expressions: of one, or of several where there are many; of none for none. */
export function alternatives(names: readonly string[]): string[] {
  const all: string[] = [];
  for (const name of new Set(names.map(escaped))) {
    const last = all.at(-1);
    if (last && last.length + name.length < mostLetters) all[all.length - 1] = `${last}|${name}`;
    else all.push(name);
  }
  return all;
}

/** Regular expressions for variables of some names, also in a second model in the page, which gets them with a number behind. */
export function patternsOf(names: readonly string[]): string[] {
  return alternatives(names).map((some) => `^(?:${some})(?:_\\d+)?$`);
}
