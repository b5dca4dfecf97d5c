// SPDX-License-Identifier: Apache-2.0
// What every class does for a group by itself: a factor on its rate, and nothing at all where it is frozen.

import { optimizers } from '@optim/all';
import { Optimizer } from '@optim/core/authoring';
import { freeOwned, own } from '@optim/testing';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, expect, it } from 'vitest';

afterEach(freeOwned);

interface Row {
  readonly isWhole?: boolean;
  readonly symbolic?: boolean;
}

interface Class {
  new (options: object): Optimizer;
  readonly options: Readonly<Record<string, Row>>;
}

/** Those that take groups of any option: the others step all parameters as one vector. */
const classes = Object.entries(optimizers as unknown as Record<string, Class>).filter(
  ([name, of]) => of.prototype instanceof Optimizer && !['LBFGS', 'LevenbergMarquardt'].includes(name),
);
/** Rprop's rate is only where the sizes of its steps begin. */
const hasRate = ({ options: { learningRate } }: Class): boolean =>
  learningRate?.symbolic === true && !learningRate.isWhole;

/** Where `head`, `body` and `base` are after three steps, and the names of those for which anything is kept. */
async function trained(
  of: Class,
  options: object,
): Promise<{ values: Record<string, number[]>; kept: string[] }> {
  const variables = ['head', 'body', 'base'].map((name) =>
    own(tf.tidy(() => tf.variable(tf.tensor2d([1, -2, 3, 0.5], [2, 2]), true, name))),
  );
  const required = 'numIterations' in of.options ? { numIterations: 10 } : {};
  const optimizer = own(new of({ ...required, ...options }));
  const loss = (): tf.Scalar =>
    tf.tidy(() => tf.sum(tf.stack(variables.map((v) => tf.sum(tf.square(tf.sub(v, 0.25)))))) as tf.Scalar);
  for (let i = 0; i < 3; i++) optimizer.minimize(loss);
  const values: Record<string, number[]> = {};
  for (const v of variables) values[v.name] = [...(await v.data())];
  const kept = (await optimizer.stateDict()).parameters.map(({ name }) => name);
  freeOwned();
  return { values, kept };
}

it.each(classes.filter(([, of]) => hasRate(of)))(
  '%s: the factor of a group acts as a rate of its own would',
  async (_, of) => {
    const rate = 2 ** -6;
    const initial = 'initialLearningRate' in of.options ? { initialLearningRate: rate } : {};
    const grouped = (own: object): object => ({
      learningRate: rate,
      ...initial,
      parameterGroups: [{ match: /body/, ...own }],
    });
    const want = await trained(of, grouped({ learningRate: rate / 2 }));
    expect(await trained(of, grouped({ learningRateScale: 0.5 }))).toEqual(want);
    expect(await trained(of, grouped({ learningRate: rate * 2, learningRateScale: 0.25 }))).toEqual(want);
  },
);

it.each(classes.filter(([, of]) => !hasRate(of)))('%s: has no rate that a group could scale', (_, of) => {
  expect(() => new of({ parameterGroups: [{ match: /body/, learningRateScale: 0.5 }] })).toThrow(TypeError);
});

it.each(classes)('%s: leaves a frozen group alone, and keeps nothing for it', async (_, of) => {
  const { values, kept } = await trained(of, { parameterGroups: [{ match: /body/, freeze: true }] });
  expect(values['body']).toEqual([1, -2, 3, 0.5]);
  expect(kept).toEqual(['head', 'base']);
});
