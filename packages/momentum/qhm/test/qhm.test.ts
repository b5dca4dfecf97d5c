// SPDX-License-Identifier: Apache-2.0

import { QHM, type QHMOptions } from '@optim/qhm';
import { expectWalk, suite, walk } from '@optim/testing';
import golden from '@optim/testing/golden/QHM.json' with { type: 'json' };
import { describe, expect, it } from 'vitest';

suite(golden, (options) => new QHM(options));

describe('QHM', () => {
  const qhm = (options: QHMOptions): QHM => new QHM({ learningRate: 0.5, ...options });

  it('mixes gradient and average', async () => {
    // b: 1, 0.75·1 + 0.25·(−2) = 0.25, 0.1875. Steps: 0.5·(0.75g + 0.25b).
    expectWalk(await walk(qhm({ momentum: 0.75, nu: 0.25 }), [2], [[4], [-2], [0]]), [
      [0.375],
      [1.09375],
      [1.0703125],
    ]);
  });

  it('is plain SGD without momentum or with ν = 0, and dampened momentum with ν = 1', async () => {
    const sgd = [[0], [1], [1]];
    expectWalk(await walk(qhm({}), [2], [[4], [-2], [0]]), sgd);
    expectWalk(await walk(qhm({ momentum: 0.75, nu: 0 }), [2], [[4], [-2], [0]]), sgd);
    expectWalk(await walk(qhm({ momentum: 0.75 }), [2], [[4], [-2], [0]]), [[1.5], [1.375], [1.28125]]);
  });

  it('adds decay to the gradient by default', async () => {
    expectWalk(await walk(qhm({ weightDecay: 0.5 }), [2], [[4]]), [[-0.5]]);
    expectWalk(await walk(qhm({ weightDecay: 0.5, weightDecayMode: 'independent' }), [2], [[4]]), [[-1]]);
  });

  it.each([
    [{ learningRate: Infinity }, 'learningRate must be in [0, ∞), got Infinity'],
    [{ momentum: 1 }, 'momentum must be in [0, 1), got 1'],
    [{ nu: 1.1 }, 'nu must be in [0, 1], got 1.1'],
    [{ weightDecay: -0.1 }, 'weightDecay must be in [0, ∞), got -0.1'],
  ])('refuses %o', (options, message) => {
    expect(() => new QHM(options)).toThrow(new RangeError(`QHM: ${message}`));
  });
});
