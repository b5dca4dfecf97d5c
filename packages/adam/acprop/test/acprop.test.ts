// SPDX-License-Identifier: Apache-2.0

import { ACProp } from '@optim/acprop';
import { expectWalk, suite, walk } from '@optim/testing';
import golden from '@optim/testing/golden/ACProp.json' with { type: 'json' };
import { describe, expect, it } from 'vitest';

suite(golden, (options) => new ACProp(options));

describe('ACProp', () => {
  const options = { learningRate: 0.5, beta1: 0.5, beta2: 0.75, epsilon: 1e-9 };

  it('steps by the gradient at first, then over what was known before', async () => {
    // m = 2, s = ¼·(4 − 2)² = 1, corrected 4: the second step is ½·1/2, along m/(1 − β₁²) = 1.5/¾ twice that.
    expectWalk(await walk(new ACProp(options), [0], [[4], [1]]), [[-2], [-2.25]]);
    expectWalk(await walk(new ACProp({ ...options, momentumUpdate: true }), [0], [[4], [1]]), [[-2], [-2.5]]);
  });

  it('makes momentum steps before it can rectify, or none but the first', async () => {
    const rectify = { ...options, rectify: true };
    expectWalk(await walk(new ACProp(rectify), [0], [[4], [1]]), [[-2], [-3]]);
    const still = new ACProp({ ...rectify, degeneratedToSgd: false });
    expectWalk(await walk(still, [0], [[4], [1]]), [[-2], [-2]]);
  });

  it('keeps the largest s', async () => {
    // β₂ = 0: s = (g − m)² = 4, 0.25; with amsgrad the third step divides by 2 too.
    const short = { ...options, beta2: 0 };
    const gradients = [[4], [1], [1]];
    expectWalk(await walk(new ACProp(short), [0], gradients), [[-2], [-2.25], [-3.25]]);
    const amsgrad = new ACProp({ ...short, amsgrad: true });
    expectWalk(await walk(amsgrad, [0], gradients), [[-2], [-2.25], [-2.5]]);
  });

  it.each([
    [{ epsilon: 0 }, 'epsilon must be in (0, ∞), got 0'],
    [{ beta1: 1 }, 'beta1 must be in [0, 1), got 1'],
  ])('refuses %o', (given, message) => {
    expect(() => new ACProp(given)).toThrow(new RangeError(`ACProp: ${message}`));
  });
});
