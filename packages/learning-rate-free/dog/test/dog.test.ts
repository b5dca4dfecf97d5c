// SPDX-License-Identifier: Apache-2.0

import { DoG, DoWG, LDoG } from '@optim/dog';
import { expectWalk, suite, walk } from '@optim/testing';
import dog from '@optim/testing/golden/DoG.json' with { type: 'json' };
import dowg from '@optim/testing/golden/DoWG.json' with { type: 'json' };
import ldog from '@optim/testing/golden/LDoG.json' with { type: 'json' };
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';

// The default first distance takes longer to grow than a suite lasts.
suite(dog, (options, golden) => new DoG(golden ? options : { repsRel: 0.1, ...options }));
suite(ldog, (options, golden) => new LDoG(golden ? options : { repsRel: 0.1, ...options }));
suite(dowg, (options, golden) => new DoWG(golden ? options : { epsilon: 0.1, ...options }));

describe.each([
  ['DoG', DoG],
  ['LDoG', LDoG],
])('%s', (name, Class) => {
  it('goes the first distance at first, then by how far it has come', async () => {
    // ‖p₀‖ = 5, r = 0.6; ‖g‖² = 4: η = 0.3. Then ‖p − p₀‖ = 0.6 still, G = 4 + 5.
    const optimizer = new Class({ repsRel: 0.1, epsilon: 1e-12 });
    expectWalk(await walk(optimizer, [3, 4], [[2, 0], [1, -2]]), [[2.4, 4], [2.2, 4.4]]); // prettier-ignore
  });

  it('makes the first step that it is told, whatever the factor', async () => {
    // η = 0.5; then r = ‖p − p₀‖ = 1, √G = √(4 + 4.25), halved.
    const optimizer = new Class({ initialStep: 0.5, learningRate: 0.5, epsilon: 1e-12 });
    const eta = 0.5 / Math.sqrt(4 + 0.25);
    const seen = await walk(optimizer, [3], [[2], [-0.5]]);
    expectWalk(seen, [[2], [2 + 0.5 * eta]]);
  });

  it('shrinks by the step size found', async () => {
    const optimizer = new Class({ repsRel: 0.1, weightDecay: 0.5, weightDecayMode: 'decoupled' });
    // r = 0.4, η = 0.2
    expectWalk(await walk(optimizer, [3], [[2]]), [[3 * 0.9 - 0.4]]);
  });

  it('refuses two ways to begin, a distance of 0, and one for a group', () => {
    expect(() => new Class({ initialStep: 1, repsRel: 0.1 })).toThrow(
      new RangeError(`${name}: repsRel must be left out where initialStep is given, got 0.1`),
    );
    expect(() => new Class({ repsRel: 0 })).toThrow(
      new RangeError(`${name}: repsRel must be in (0, ∞), got 0`),
    );
    expect(() => new Class({ parameterGroups: [{ match: /bias/, epsilon: 1 }] })).toThrow(/epsilon/);
  });
});

describe('over several tensors', () => {
  const stepped = async (optimizer: DoG | LDoG): Promise<number[]> => {
    const variables = ['x', 'y'].map((name, i) =>
      tf.tidy(() => tf.variable(tf.tensor1d([3 + i]), true, name)),
    );
    tf.tidy(() => optimizer.applyGradients({ x: tf.tensor1d([3]), y: tf.tensor1d([4]) }));
    const values = await Promise.all(variables.map(async (variable) => (await variable.data())[0]!));
    optimizer.dispose();
    tf.dispose(variables);
    return values;
  };

  it('DoG measures all of them together, LDoG each by itself', async () => {
    // All: r = 0.1·6, √G = 5; each: r = 0.4, 0.5 along the sign.
    const together = await stepped(new DoG({ repsRel: 0.1 }));
    expectWalk([together], [[3 - 0.36, 4 - 0.48]]);
    expectWalk([await stepped(new LDoG({ repsRel: 0.1 }))], [[3 - 0.4, 4 - 0.5]]);
  });
});

describe('DoWG', () => {
  it('weighs gradients by the distance at their time', async () => {
    // r² = 1: G = 4, η = 1/(2 + 2); ‖p − p₀‖² = 0.25. Then G = 4 + 32, η = 1/8.
    const optimizer = new DoWG({ epsilon: 2, initialSquaredDistance: 1 });
    const root = Math.sqrt(4 + 32);
    expectWalk(await walk(optimizer, [0], [[2], [Math.sqrt(32)]]), [
      [-0.5],
      [-0.5 - Math.sqrt(32) / (root + 2)],
    ]);
  });

  it('refuses a distance of 0', () => {
    expect(() => new DoWG({ initialSquaredDistance: 0 })).toThrow(
      new RangeError('DoWG: initialSquaredDistance must be in (0, ∞), or null, got 0'),
    );
  });
});
