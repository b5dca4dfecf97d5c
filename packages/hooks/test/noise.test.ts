// SPDX-License-Identifier: Apache-2.0

import { gradientNoise, type GradientNoiseOptions } from '@optim/hooks';
import { SGDW } from '@optim/sgdw';
import golden from '@optim/testing/golden/GradientNoise.json' with { type: 'json' };
import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';

/** What two variables of n elements are given as noise, over its deviation, in the first steps. */
async function noise(options: GradientNoiseOptions, n: number, steps: number): Promise<number[][]> {
  const variables = ['a', 'b'].map((name) => tf.tidy(() => tf.variable(tf.zeros([n]), true, name)));
  const { eta = 0.01, gamma = 0.55 } = options;
  const optimizer = new SGDW({ learningRate: 1, transforms: [gradientNoise(options)] });
  const drawn: number[][] = [];
  for (let t = 1; t <= steps; t++) {
    tf.tidy(() => {
      for (const variable of variables) variable.assign(tf.zerosLike(variable));
      optimizer.applyGradients({ b: tf.fill([n], 2), a: tf.fill([n], 2) });
    });
    const sigma = Math.sqrt(eta / t ** gamma);
    for (const variable of variables) drawn.push(Array.from(await variable.data(), (p) => (-p - 2) / sigma));
  }
  optimizer.dispose();
  tf.dispose(variables);
  return drawn;
}

/** Mean of the products of elements. */
function correlation(x: readonly number[], y: readonly number[]): number {
  return x.reduce((sum, e, i) => sum + e * y[i]!, 0) / x.length;
}

it.each(golden.cases.map(({ name, ...rest }) => [name, rest] as const))(
  'gradientNoise: golden: standard deviations, %s',
  (_name, { options, sigmas }) => {
    const { coefficients } = gradientNoise(options);
    sigmas.forEach((sigma, t) => expect(coefficients!(t + 1, 0)['sigma']).toBeCloseTo(sigma, 9));
  },
);

it('noise is normal, and independent between variables and steps', async () => {
  const n = 4000;
  const draws = await noise({ eta: 0.3, seed: 3 }, n, 2);
  const ones = Array.from({ length: n }, () => 1);
  draws.forEach((x, i) => {
    // Four standard errors.
    expect(Math.abs(correlation(x, ones))).toBeLessThan(4 / Math.sqrt(n));
    expect(Math.abs(correlation(x, x) - 1)).toBeLessThan(4 * Math.sqrt(2 / n));
    for (const y of draws.slice(i + 1)) expect(Math.abs(correlation(x, y))).toBeLessThan(4 / Math.sqrt(n));
  });
});

it('a seed repeats its noise, another makes another', async () => {
  const [first, again, other] = [await noise({ seed: 1 }, 3, 2), await noise({ seed: 1 }, 3, 2), await noise({ seed: 2 }, 3, 2)]; // prettier-ignore
  expect(again).toEqual(first);
  expect(other.flat().filter((e, i) => e === first.flat()[i])).toEqual([]);
});
