// SPDX-License-Identifier: Apache-2.0

import { show, type Hook } from '@optim/core/authoring';
import { alternatives, isCallable, isRecord } from '@optim/options';
import type * as tf from '@tensorflow/tfjs-core';
import { maxNorm } from './max-norm.js';
import { minMaxNorm } from './min-max-norm.js';
import { nonNegative } from './non-negative.js';
import { unitNorm } from './unit-norm.js';

/** A weight of a layer, as TensorFlow.js keeps it. */
interface Weight {
  read(): tf.Tensor;
  readonly constraint?: { getClassName(): string; getConfig(): object } | null;
}

/** What {@link layerConstraints} looks at: a model of TensorFlow.js. */
export interface ConstrainedModel {
  readonly weights: readonly unknown[];
}

/** Hooks by the name of the class whose constraint they are. */
const hooks: Readonly<Record<string, (options: object) => Hook>> = {
  MaxNorm: maxNorm,
  MinMaxNorm: minMaxNorm,
  NonNeg: nonNegative,
  UnitNorm: unitNorm,
};

/**
 * The constraints of a model's own layers as hooks: `kernelConstraint`, `biasConstraint` and all others that its weights have.
 * TensorFlow.js takes these options, saves them, and ignores them in training.
 *
 * `axis` goes on as the layer has it: its default of 0 is, for a convolution, the height. Variables are matched by name, so that the
 * hooks can be saved with the optimizer.
 *
 * @example `new AdamW({ transforms: layerConstraints(model) })`
 * @param model - built, so that it has weights
 * @returns a hook for each constraint, with the weights that share it
 * @throws TypeError for a constraint of a class that is none of TensorFlow.js' own; for what is no model
 */
export function layerConstraints(model: ConstrainedModel): Hook[] {
  const weights: unknown = model?.weights;
  if (!Array.isArray(weights))
    throw new TypeError(`layerConstraints: model must be a model with layers, got ${show(model)}`);
  const refuse = (constraint: string, got: unknown): never => {
    throw new TypeError(`layerConstraints: ${constraint}, got ${show(got)}`);
  };
  const groups: { hook: (options: object) => Hook; config: object; names: string[] }[] = [];
  for (const weight of weights as readonly (Weight | null)[]) {
    if (!isCallable(weight?.read)) refuse('weights of model must be those of layers', weight);
    const { constraint } = weight!;
    if (!constraint) continue;
    const { name } = (weight!.read() ?? {}) as tf.Variable;
    if (typeof name !== 'string') refuse('a weight of model must have a name', name);
    const className: unknown = isCallable(constraint.getClassName) ? constraint.getClassName() : constraint;
    const isKnown = typeof className === 'string' && Object.hasOwn(hooks, className);
    const hook = isKnown
      ? hooks[className]!
      : refuse(`constraint of ${show(name)} must be one of ${Object.keys(hooks).join(', ')}`, className);
    const config: unknown = isCallable(constraint.getConfig) ? constraint.getConfig() : constraint;
    if (!isRecord(config)) return refuse(`constraint of ${show(name)} must have a configuration`, config);
    const group = groups.find(
      (other) => other.hook === hook && JSON.stringify(other.config) === JSON.stringify(config),
    );
    if (group) group.names.push(name);
    else groups.push({ hook, config, names: [name] });
  }
  return groups.flatMap(({ hook, config, names }) =>
    alternatives(names).map((some) => hook({ ...config, match: new RegExp(`^(?:${some})$`) })),
  );
}
