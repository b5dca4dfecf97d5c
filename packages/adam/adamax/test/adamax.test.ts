// SPDX-License-Identifier: Apache-2.0

import { AdaMax, type AdaMaxOptions } from '@optim/adamax';
import { suite, walk } from '@optim/testing';
import golden from '@optim/testing/golden/AdaMax.json' with { type: 'json' };
import { describe, expect, it } from 'vitest';

suite(golden, (options) => new AdaMax(options));

/** Weights that start at zero, after each of some gradients. */
function fromZero(options: AdaMaxOptions, gradients: readonly number[][]): Promise<number[][]> {
  const start = gradients[0]!.map(() => 0);
  return walk(new AdaMax(options), start, gradients);
}

function expectClose(got: readonly number[], want: readonly number[]): void {
  expect(got).toHaveLength(want.length);
  want.forEach((value, i) => expect(got[i], `element ${i}`).toBeCloseTo(value, 6));
}

describe('AdaMax', () => {
  it('takes a first step of the learning rate, with adamD 1 − β₁ of it, and none without a gradient', async () => {
    expectClose((await fromZero({ learningRate: 0.5 }, [[3, -0.5, 0]]))[0]!, [-0.5, 0.5, 0]);
    expectClose((await fromZero({ learningRate: 0.5, adamD: true }, [[3, -1, 0]]))[0]!, [-0.05, 0.05, 0]);
  });

  it('adds ε to the gradient, not to the maximum', async () => {
    // u = max(½·(1 + 1), 0.25 + 1); twice ε would be in it, were ε added as it divides.
    const [first, second] = await fromZero({ learningRate: 1, beta1: 0, beta2: 0.5, epsilon: 1 }, [
      [1],
      [0.25],
    ]);
    expectClose(first!, [-1 / 2]);
    expectClose(second!, [-1 / 2 - 0.25 / 1.25]);
  });

  it('takes a spike into the maximum at once, and forgets it slowly', async () => {
    const seen = await fromZero({ learningRate: 1, beta1: 0, beta2: 0.5, epsilon: 0 }, [
      [1],
      [8],
      [1],
      [1],
      [3],
    ]);
    // u = 1, 8, 4, 2, 3
    expectClose(seen.flat(), [-1, -2, -2.25, -2.75, -3.75]);
  });

  it('stretches short gradients with adanorm, on their way to m alone, but not those of zero', async () => {
    const options = { learningRate: 1, beta1: 0, beta2: 0.5, epsilon: 0, adanorm: true, adanormR: 0.5 };
    // ‖g‖ = 5, 1, 0; e = 2.5, 1.75, 0.875; u = (3, 4), (1.5, 2), (0.75, 1).
    const seen = await fromZero(options, [
      [3, 4],
      [0.6, 0.8],
      [0, 0],
    ]);
    expectClose(seen[0]!, [-1, -1]);
    expectClose(seen[1]!, [-1 - (0.6 * 1.75) / 1.5, -1 - (0.8 * 1.75) / 2]);
    expectClose(seen[2]!, seen[1]!);
  });
});
