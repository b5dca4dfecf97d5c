// SPDX-License-Identifier: Apache-2.0
// What is attacked: every class, with two small variables.

import type { BaseOptimizer, StateDict } from '@optim/core';
import type { OptionSpec } from '@optim/core/authoring';
import { AdamW } from '@optim/adamw';
import { clipByGlobalNorm } from '@optim/hooks';
import type { Trials } from '@optim/testing';
import * as tf from '@tensorflow/tfjs-core';
import { wrappers } from '../tests/wrappers/table.js';
import { Wrong } from './judge.js';

type Class = new (...given: unknown[]) => BaseOptimizer;

/** A class under attack. */
export interface Subject {
  readonly name: string;
  /** Names of which an error may have one: its own, and that of a base. */
  readonly names: readonly string[];
  readonly cls: Class;
  readonly table: Readonly<Record<string, OptionSpec>>;
  readonly wraps: boolean;
  /** What a wrapper is around, where that is not AdamW. */
  readonly base?: () => tf.Optimizer;
  readonly needs: readonly string[];
  /** Options that have no default. */
  readonly required: Readonly<Record<string, unknown>>;
}

/** The classes of trials. */
export function subjectsOf(trials: Trials): Subject[] {
  return Object.entries(trials).map(([name, make]) => {
    const optimizer = make(1000) as BaseOptimizer;
    const cls = optimizer.constructor as Class &
      Pick<Subject, 'table' | 'needs'> & { options: Subject['table'] };
    const required = Object.entries(cls.options).filter(([, row]) => !('default' in row));
    const config = required.length > 0 ? (optimizer.getConfig() as Record<string, unknown>) : {};
    optimizer.dispose();
    const wraps = 'base' in optimizer;
    return {
      name,
      names: wraps ? [name, 'AdamW'] : [name],
      cls,
      table: cls.options,
      wraps,
      needs: cls.needs,
      required: Object.fromEntries(required.map(([option]) => [option, config[option]])),
    };
  });
}

/**
 * Bases for wrappers beside AdamW as it is: with a hook and a group, and those of TensorFlow.js but
 * Adamax, which has no weights, and momentum, whose dispose leaves a tensor.
 */
const bases: Readonly<Record<string, () => tf.Optimizer>> = {
  'AdamW with a hook and a group': () =>
    new AdamW({
      weightDecay: 0,
      transforms: [clipByGlobalNorm(1)],
      parameterGroups: [{ match: /bias$/, learningRate: 0.01 }],
    }),
  SGD: () => tf.train.sgd(0.01),
  Adagrad: () => tf.train.adagrad(0.01),
  Adadelta: () => tf.train.adadelta(0.01),
  Adam: () => tf.train.adam(0.01),
  RMSProp: () => tf.train.rmsprop(0.01),
};

const foreign = Object.keys(bases).slice(1);

/** Every wrapper around every other that it takes, see the table of pairs, and around every base. */
export function nestsOf(subjects: readonly Subject[]): Subject[] {
  return subjects.flatMap((outer) => {
    const { refuses } = wrappers[outer.name] ?? {};
    if (!refuses) return [];
    const pairs = Object.entries(wrappers)
      .filter(([, { kind }]) => !refuses[kind])
      .map(([inner, { make: around }]) => [inner, () => around(new AdamW({ weightDecay: 0 }))] as const);
    return [...pairs, ...Object.entries(bases)].map(([inner, base]) => ({
      ...outer,
      name: `${outer.name} around ${inner}`,
      names: [...outer.names, inner],
      base,
    }));
  });
}

/** Whether it is around an optimizer of TensorFlow.js, which checks nothing of what it is given. */
export const isForeign = ({ names }: Subject): boolean => foreign.includes(names.at(-1)!);

/** An optimizer of the class; a wrapper is around AdamW, or its base. */
export function make({ cls, wraps, base, required }: Subject, options?: unknown): BaseOptimizer {
  const given = options ?? required;
  if (!wraps) return new cls(given);
  const inside = base?.() ?? new AdamW({ weightDecay: 0 });
  try {
    return new cls(inside, given);
  } catch (error) {
    inside.dispose();
    throw error;
  }
}

/** Options, and those that have no default. */
export function withRequired({ required }: Subject, options: object): object {
  return { ...required, ...options };
}

/** Two variables, and numbers that are the same in every run. */
export function variables(): tf.Variable[] {
  return tf.tidy(() => [
    tf.variable(tf.tensor2d([1, -2, 0.5, 1.5, -1, 2], [2, 3]), true, 'kernel'),
    tf.variable(tf.tensor1d([0.5, -1, 2]), true, 'bias'),
  ]);
}

/** ½Σ(p − 3)². */
export function loss(of: readonly tf.Tensor[]): tf.Scalar {
  return tf.mul(tf.addN(of.map((p) => tf.sum(tf.square(tf.sub(p, 3))))), 0.5) as tf.Scalar;
}

/** What `minimize` of a class takes in place of a loss. */
export function goalOf({ names: [name] }: Subject, of: readonly tf.Tensor[]): () => tf.Scalar {
  const losses = [(): tf.Scalar => loss(of), (): tf.Scalar => tf.sum(of[0]!)];
  if (name === 'PCGrad') return losses as never;
  if (name !== 'RotoGrad') return losses[0]!;
  const [z] = of as [tf.Tensor2D];
  return {
    features: () => tf.clone(z),
    losses: [(r: tf.Tensor) => loss([r]), (r: tf.Tensor) => tf.sum(r)],
  } as never;
}

/** One step; RotoGrad trains one variable by itself. */
export function train(subject: Subject, optimizer: BaseOptimizer, of: readonly tf.Variable[]): void {
  const trained = subject.names[0] === 'RotoGrad' ? of.slice(0, 1) : [...of];
  optimizer.minimize(goalOf(subject, of), false, trained);
}

/** What a refusal may not change. */
export interface Seen {
  readonly values: readonly number[][];
  readonly state: StateDict;
  readonly iterations: number;
}

/** Variables, state and count of an optimizer as they are. */
export async function seen(optimizer: BaseOptimizer, of: readonly tf.Variable[]): Promise<Seen> {
  const values = of.map((x) => [...x.dataSync()]);
  return { values, state: await optimizer.stateDict(), iterations: optimizer.iterations };
}

/** Gives variables the values they had. */
export function assign(of: readonly tf.Variable[], values: readonly (readonly number[])[]): void {
  tf.tidy(() => of.forEach((x, i) => x.assign(tf.tensor([...values[i]!], x.shape))));
}

/** @throws Wrong where a number is not finite */
export function assertFinite(of: readonly tf.Tensor[]): void {
  for (const x of of) {
    const wrong = x.dataSync().find((value) => !Number.isFinite(value));
    if (wrong !== undefined) throw new Wrong(`${(x as tf.Variable).name} becomes ${wrong}`);
  }
}

/** A step with an optimizer, which is freed then. */
export function stepOnce(optimizer: unknown): void {
  const own = optimizer as BaseOptimizer;
  const of = variables();
  try {
    own.minimize(() => loss(of), false, of);
  } finally {
    own.dispose();
    tf.dispose(of);
  }
}
