// SPDX-License-Identifier: Apache-2.0

import { AdamW } from '@optim/adamw';
import type { BaseOptimizer } from '@optim/core';
import { SGDW } from '@optim/sgdw';
import { expectClose, goldenGradients, goldenObjective, goldenVariables, tolerance } from '@optim/testing';
import golden from '@optim/testing/golden/OuterOptimizers.json' with { type: 'json' };
import { Yogi } from '@optim/yogi';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { averageWeights, onParametersReplaced, outerStep } from '../src/index.js';

type Values = Record<string, number[]>;
type Options = Record<string, unknown> & { optimizer: string };

/** A variable that owns its numbers. */
function variableOf(name: string, values: number[], trainable = true): tf.Variable {
  return tf.tidy(() => tf.variable(tf.tensor1d(values), trainable, name));
}

/** A case of mode `rounds`. */
interface Rounds {
  readonly name: string;
  readonly float32Deviation: number;
  readonly options: {
    readonly inner: Options;
    readonly outer: Options;
    readonly keepInnerState?: boolean;
    readonly counts?: readonly number[];
  };
  readonly rounds: number;
  readonly workers: number;
  readonly innerSteps: number;
  readonly noiseScale: number;
  readonly noiseSteps: readonly (readonly (readonly number[])[])[];
  readonly averages: Readonly<Record<string, Values>>;
  readonly trajectory: Readonly<Record<string, Values>>;
}

const classes: Record<string, new (options: object) => BaseOptimizer> = { SGD: SGDW, AdamW, Yogi };

function make({ optimizer, ...options }: Options): BaseOptimizer {
  return new classes[optimizer]!(options);
}

/** One inner step: the gradient of the objective, plus noise. */
function innerStep(
  optimizer: BaseOptimizer,
  variables: tf.Variable[],
  noiseStep: number,
  scale: number,
): void {
  const { value, grads } = optimizer.computeGradients(() => goldenObjective(variables), variables);
  const noise = goldenGradients(noiseStep);
  const list = noise.map(({ name, tensor }) => ({
    name,
    tensor: tf.tidy(() => tf.add(grads[name]!, tf.mul(tensor, scale))),
  }));
  optimizer.applyGradients(list);
  tf.dispose([value, grads, noise, list]);
}

async function compare(
  what: string,
  variables: readonly { name: string; data(): Promise<ArrayLike<number>> }[],
  want: Values,
  deviation: number,
): Promise<void> {
  for (const variable of variables)
    expectClose(
      `${what}, ${variable.name}`,
      await variable.data(),
      want[variable.name]!,
      tolerance({ float32Deviation: deviation }),
    );
}

describe('OuterOptimizers: golden', () => {
  for (const each of golden.cases as unknown as Rounds[]) {
    const { options, rounds, workers, innerSteps } = each;
    const { keepInnerState = true, counts } = options;
    it(each.name, async () => {
      const variables = goldenVariables();
      const outer = make(options.outer);
      const inner = Array.from({ length: workers }, () => make(options.inner));
      for (let round = 1; round <= rounds; round++) {
        const start = variables.map((variable) => tf.clone(variable));
        const reached: tf.NamedTensorMap[] = [];
        for (const [w, optimizer] of inner.entries()) {
          variables.forEach((variable, i) => variable.assign(start[i]!));
          if (round > 1) await onParametersReplaced(optimizer, keepInnerState ? 'keep' : 'reset');
          for (let j = 0; j < innerSteps; j++)
            innerStep(optimizer, variables, each.noiseSteps[w]![round - 1]![j]!, each.noiseScale);
          reached.push(Object.fromEntries(variables.map((variable) => [variable.name, tf.clone(variable)])));
        }
        variables.forEach((variable, i) => variable.assign(start[i]!));
        const averages = averageWeights(reached, counts);
        const listed = Object.entries(averages).map(([name, tensor]) => ({
          name,
          data: () => tensor.data(),
        }));
        await compare(`A of round ${round}`, listed, each.averages[round]!, each.float32Deviation);
        await outerStep(outer, variables, averages);
        await compare(`W of round ${round}`, variables, each.trajectory[round]!, each.float32Deviation);
        tf.dispose([start, reached, averages]);
      }
      expect(outer.iterations).toBe(rounds);
      for (const optimizer of [outer, ...inner]) optimizer.dispose();
      tf.dispose(variables);
    });
  }
});

describe('outerStep', () => {
  it('refuses what does not fit, and nothing changes', async () => {
    const x = variableOf('x', [1, 2], true);
    const outer = new SGDW({ learningRate: 1 });
    const given: [tf.Variable[], tf.NamedTensorMap, string][] = [
      [[], {}, 'variables must not be empty'],
      [[x], { y: tf.tensor1d([1, 2]) }, 'must be of the variables given, got "y"'],
      [[x], { x: tf.tensor1d([1, 2, 3]) }, 'must have shape [2], got [3]'],
      [[x], { x: tf.tensor1d([1, Number.NaN]) }, 'average of "x" must be finite'],
    ];
    for (const [variables, averaged, message] of given) {
      await expect(outerStep(outer, variables, averaged)).rejects.toThrow(message);
      tf.dispose(averaged);
    }
    expect([...(await x.data())]).toEqual([1, 2]);
    expect(outer.iterations).toBe(0);
    tf.dispose(x);
    outer.dispose();
  });

  it('takes averages as they are at the call, and changes nothing where a variable is gone meanwhile', async () => {
    const [w, mean] = [variableOf('w', [1, 2], true), variableOf('mean', [5], false)];
    const outer = new SGDW({ learningRate: 1 });
    const average = tf.tensor1d([3, 4]);
    const pending = outerStep(outer, [w], { w: average });
    average.dispose();
    await pending;
    expect([...(await w.data())]).toEqual([3, 4]);
    const averaged = { w: tf.tensor1d([7, 8]), mean: tf.tensor1d([9]) };
    const refused = outerStep(outer, [w, mean], averaged);
    mean.dispose();
    await expect(refused).rejects.toThrow('variables must be an array of variables, none of them disposed');
    expect([...(await w.data())]).toEqual([3, 4]);
    expect(outer.iterations).toBe(1);
    tf.dispose([w, averaged]);
    outer.dispose();
  });

  it('averages what is not trained plainly, takes a map of variables, and leaves the rest alone', async () => {
    const [w, mean, rest] = [
      variableOf('w', [1, 2], true),
      variableOf('mean', [5], false),
      variableOf('rest', [7], true),
    ];
    const outer = new SGDW({ learningRate: 0.5 });
    const averaged = new Map<tf.Variable, tf.Tensor>([
      [w, tf.tensor1d([3, 2])],
      [mean, tf.tensor1d([9])],
    ]);
    await outerStep(outer, [w, mean, rest], averaged);
    const values = await Promise.all([w, mean, rest].map((each) => each.data()));
    expect(values.map((each) => [...each])).toEqual([[2, 2], [9], [7]]);
    tf.dispose([w, mean, rest, ...averaged.values()]);
    outer.dispose();
  });
});

describe('averageWeights', () => {
  it('refuses counts that weigh nothing, and maps that differ', () => {
    const [a, b] = [{ x: tf.tensor1d([1, 2]) }, { x: tf.tensor1d([3, 4]) }];
    expect(() => averageWeights([])).toThrow('list must not be empty');
    expect(() => averageWeights([a, b], [0, 0])).toThrow('not all 0, got [0, 0]');
    expect(() => averageWeights([a, b], [-1, 2])).toThrow('counts must be 2 numbers from 0 on');
    expect(() => averageWeights([a, { y: b.x }])).toThrow(
      'list[1] must have the names and shapes of list[0]',
    );
    tf.dispose([a, b]);
  });
});
