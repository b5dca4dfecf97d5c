// SPDX-License-Identifier: Apache-2.0

import { centralizeGradients } from '@optim/hooks';
import { Lion, type LionOptions } from '@optim/lion';
import { expectWalk, suite, walk, withCentralization } from '@optim/testing';
import golden from '@optim/testing/golden/Lion.json' with { type: 'json' };
import { describe, expect, it } from 'vitest';

suite(golden, (options) => new Lion(withCentralization(options, centralizeGradients)));

describe('Lion', () => {
  const lion = (options: LionOptions = {}): Lion =>
    new Lion({ learningRate: 0.125, beta1: 0.5, beta2: 0.75, ...options });

  it('moves by the learning rate along the sign, whatever the gradient, and not at all without any', async () => {
    const gradients = [
      [1e-20, -1e20, 0],
      [1, -1, 0],
    ];
    expectWalk(await walk(lion(), [1, 1, 1], gradients), [
      [0.875, 1.125, 1],
      [0.75, 1.25, 1],
    ]);
  });

  it('mixes momentum and gradient by β₁ in the step, by β₂ in the momentum', async () => {
    // m: 1, ¾·1 − ¼·1.5 = 0.375, 0.28125. c: 2, ½ − ½·1.5 = −0.25, 0.1875.
    expectWalk(await walk(lion(), [0], [[4], [-1.5], [0]]), [[-0.125], [0], [-0.125]]);
    // Signed momentum when they are equal: m = 1, 0.375.
    expectWalk(await walk(lion({ beta1: 0.75 }), [0], [[4], [-1.5]]), [[-0.125], [-0.25]]);
  });

  it('stretches a short gradient on its way into the momentum only', async () => {
    const options = { adanorm: true, adanormR: 0.5 };
    // e: 2, 1.25: the second gradient enters m as −1.25, m = ¾ − ¼·1.25 = 0.4375, where without it 0.625.
    // The third: c = 0.21875 − ½·0.5 < 0, where without AdaNorm it is above 0.
    const gradients = [[4], [-0.5], [-0.5]];
    expectWalk(await walk(lion(options), [0], gradients), [[-0.125], [-0.25], [-0.125]]);
    expectWalk(await walk(lion(), [0], gradients), [[-0.125], [-0.25], [-0.375]]);
    // A gradient of zero cannot be stretched, and takes nothing to NaN.
    expectWalk(await walk(lion(options), [0], [[4], [0], [0]]), [[-0.125], [-0.25], [-0.375]]);
  });

  it('does not hide NaN', async () => {
    expect(await walk(lion(), [1, 1], [[NaN, 1]])).toEqual([[NaN, 0.875]]);
  });

  it.each([
    [{ learningRate: Infinity }, 'learningRate must be in [0, ∞), got Infinity'],
    [{ beta1: 1 }, 'beta1 must be in [0, 1), got 1'],
    [{ beta2: 1 }, 'beta2 must be in [0, 1), got 1'],
    [{ adanormR: 1 }, 'adanormR must be in [0, 1), got 1'],
    [{ weightDecay: -0.1 }, 'weightDecay must be in [0, ∞), got -0.1'],
  ])('refuses %o', (options, message) => {
    expect(() => new Lion(options)).toThrow(new RangeError(`Lion: ${message}`));
  });
});
