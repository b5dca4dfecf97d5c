// SPDX-License-Identifier: Apache-2.0

import { PID, type PIDOptions } from '@optim/pid';
import { expectWalk, suite, walk } from '@optim/testing';
import golden from '@optim/testing/golden/PID.json' with { type: 'json' };
import { describe, expect, it } from 'vitest';

suite(golden, (options) => new PID(options));

describe('PID', () => {
  const pid = (options: PIDOptions = {}): PID =>
    new PID({ learningRate: 0.1, momentum: 0.5, integral: 2, derivative: 4, ...options });

  it('adds up gradients, and differentiates from the second step on', async () => {
    // i: 1, 3.5, 0.75; d: 0, 1, −1.5; g + 2i + 4d: 3, 14, −5.5.
    expectWalk(await walk(pid(), [1], [[1], [3], [-1]]), [[0.7], [-0.7], [-0.15]]);
  });

  it('dampens what enters i, but not the first gradient', async () => {
    // i: 1, 0.5 + 0.25·3 = 1.25; d: 0, 1; g + 2i + 4d: 3, 9.5.
    expectWalk(await walk(pid({ dampening: 0.75 }), [1], [[1], [3]]), [[0.7], [-0.25]]);
  });

  it('keeps the decayed gradient when the decay is coupled, the given one when it is not', async () => {
    // g: 1 + 1 = 2, 1 + 0.4 = 1.4 at p = 1, 0.4; i: 2, 2.4; d: 0, −0.3; steps: 0.6, 0.5.
    const coupled = pid({ weightDecay: 1 });
    expectWalk(await walk(coupled, [1], [[1], [1]]), [[0.4], [0.4 - 0.1 * (1.4 + 4.8 - 1.2)]]);
    // p: 0.9·1 − 0.3 = 0.6; i: 1, 1.5; d = 0; 0.9·0.6 − 0.4 = 0.14.
    const decoupled = pid({ weightDecay: 1, weightDecayMode: 'decoupled' });
    expectWalk(await walk(decoupled, [1], [[1], [1]]), [[0.6], [0.14]]);
  });

  it('is plain SGD without momentum', async () => {
    expectWalk(await walk(pid({ momentum: 0 }), [1], [[1], [3], [0]]), [[0.9], [0.6], [0.6]]);
  });

  it('obeys a change of the learning rate at once', async () => {
    const seen = await walk(pid({ learningRate: (step) => (step === 0 ? 0.1 : 0.01) }), [1], [[1], [3]]);
    expectWalk(seen, [[0.7], [0.56]]);
  });

  it.each([
    [{ learningRate: Infinity }, 'learningRate must be in [0, ∞), got Infinity'],
    [{ integral: -1 }, 'integral must be in [0, ∞), got -1'],
    [{ integral: Infinity }, 'integral must be in [0, ∞), got Infinity'],
    [{ derivative: -1 }, 'derivative must be in [0, ∞), got -1'],
    [{ momentum: 1 }, 'momentum must be in [0, 1), got 1'],
    [{ dampening: 1.1 }, 'dampening must be in [0, 1], got 1.1'],
    [{ weightDecay: -0.1 }, 'weightDecay must be in [0, ∞), got -0.1'],
  ])('refuses %o', (wrong, message) => {
    expect(() => new PID(wrong)).toThrow(new RangeError(`PID: ${message}`));
  });
});
