// SPDX-License-Identifier: Apache-2.0

import { OptimisticAdam } from '@optim/optimisticadam';
import { expectWalk, suite, walk } from '@optim/testing';
import golden from '@optim/testing/golden/OptimisticAdam.json' with { type: 'json' };
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';

suite(golden, (options) => new OptimisticAdam(options));

describe('OptimisticAdam', () => {
  it('takes a direction twice, and the one before it back', async () => {
    // β = 0: u = 1, −1, −1
    const options = { learningRate: 0.5, beta1: 0, beta2: 0 };
    const gradients = [[3], [-2], [-7]];
    expectWalk(await walk(new OptimisticAdam(options), [0], gradients), [[-0.5], [1], [1.5]]);
    const doubled = new OptimisticAdam({ ...options, doubleFirstStep: true });
    expectWalk(await walk(doubled, [0], gradients), [[-1], [0.5], [1]]);
    const weighed = new OptimisticAdam({ ...options, alpha: 2, optimism: 0.5 });
    expectWalk(await walk(weighed, [0], gradients), [[-1], [0.5], [1.5]]);
  });

  it('takes the rate of the step for both parts', async () => {
    const learningRate = (step: number): number => (step === 0 ? 1 : 0.5);
    const optimizer = new OptimisticAdam({ learningRate, beta1: 0, beta2: 0 });
    expectWalk(await walk(optimizer, [0], [[1], [-1]]), [[-1], [0.5]]);
  });

  it('comes nearer to the solution of a game that Adam circles', async () => {
    const distance = async (optimism: number): Promise<number> => {
      // min over x, max over y of x·y
      const [x, y] = [0.5, 0.5].map((at) => tf.tidy(() => tf.variable(tf.scalar(at)))) as [
        tf.Variable,
        tf.Variable,
      ];
      const optimizer = new OptimisticAdam({ learningRate: 0.02, beta1: 0, beta2: 0.99, optimism });
      for (let t = 0; t < 300; t++)
        tf.tidy(() => optimizer.applyGradients({ [x.name]: tf.clone(y), [y.name]: tf.neg(x) }));
      const away = Math.hypot((await x.data())[0]!, (await y.data())[0]!);
      optimizer.dispose();
      tf.dispose([x, y]);
      return away;
    };
    expect(await distance(1)).toBeLessThan(0.5 * (await distance(0)));
  });

  it.each([
    [{ alpha: -1 }, 'alpha must be in [0, ∞), got -1'],
    [{ optimism: Infinity }, 'optimism must be in [0, ∞), got Infinity'],
  ])('refuses %o', (options, message) => {
    expect(() => new OptimisticAdam(options)).toThrow(new RangeError(`OptimisticAdam: ${message}`));
  });
});
