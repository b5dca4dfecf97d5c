// SPDX-License-Identifier: Apache-2.0
// Variables chosen by the layers of a model that they are in.

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

/** Weights of a layer, each with its name and the classes of the layers that it is in, from the outside in. */
export function weightsOf(
  layer: LayerWithWeights,
  within: readonly string[] = [],
): { name: string; rank: number; classes: readonly string[] }[] {
  const classes = [...within, layer.getClassName()];
  if (layer.layers) return layer.layers.flatMap((inner) => weightsOf(inner, classes));
  if (layer.layer) classes.push(layer.layer.getClassName());
  return layer.weights.map(({ name, originalName = name, shape }) => ({
    name: originalName,
    rank: shape?.length ?? 0,
    classes,
  }));
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
