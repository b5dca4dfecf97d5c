// SPDX-License-Identifier: Apache-2.0

import { AdamW } from '@optim/adamw';
import { Lookahead } from '@optim/lookahead';
import { SGDW } from '@optim/sgdw';
import { convolutionalSuite, goldenBase, Momentum, suite } from '@optim/testing';
import golden from '@optim/testing/golden/WSAM.json' with { type: 'json' };
import { WSAM, type WSAMOptions } from '@optim/wsam';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';

suite(golden, ({ base, ...options }) =>
  base
    ? new WSAM(
        goldenBase(base, (given) => new AdamW(given)),
        options,
      )
    : // The base of the paper: a rate that suits AdamW is too high for nine times the plain descent along the difference.
      new WSAM(new SGDW({ momentum: 0.9 }), options),
);

convolutionalSuite((learningRate) => new WSAM(new AdamW({ learningRate })), [2, 2]);

/** Where one step on x² from 2 leads: g = 4, h = 5. */
async function after(base: tf.Optimizer, options: WSAMOptions): Promise<number> {
  const x = tf.tidy(() => tf.variable(tf.scalar(2)));
  const optimizer = new WSAM(base, { rho: 0.5, ...options });
  optimizer.minimize(() => tf.square(x), false, [x]);
  const [value] = await x.data();
  optimizer.dispose();
  x.dispose();
  return value!;
}

describe('WSAM', () => {
  it('steps along g, then along the difference of h and g', async () => {
    // 2 − 0.1·4 − 0.1·4·(5 − 4)
    expect(await after(new Momentum(0.1, 0), { gamma: 0.8 })).toBeCloseTo(1.2, 5);
  });

  it('steps along both at once without decouple', async () => {
    // 2 − 0.1·(4·5 − 3·4)
    expect(await after(new Momentum(0.1, 0), { gamma: 0.8, decouple: false })).toBeCloseTo(1.2, 5);
    // SAM: 2 − 0.1·5
    expect(await after(new Momentum(0.1, 0), { gamma: 0.5, decouple: false })).toBeCloseTo(1.5, 5);
  });

  it('clips each gradient by its own norm', async () => {
    // g = 4 stays, h = 5 becomes 4.5: 2 − 0.1·4 − 0.1·(4.5 − 4)
    expect(await after(new Momentum(0.1, 0), { gamma: 0.5, maxNorm: 4.5 })).toBeCloseTo(1.55, 5);
  });

  it('uses the learning rate of the step at hand', async () => {
    const rate = (step: number): number => (step === 0 ? 0 : 1);
    expect(await after(new AdamW({ learningRate: rate }), {})).toBe(2);
  });

  it("uses the learning rate of the parameter's group, a schedule too, and through other wrappers", async () => {
    const gamma = 0.8;
    const base = new AdamW({
      learningRate: 0,
      weightDecay: 0,
      parameterGroups: [
        { match: /^slow$/, learningRate: 0.1 },
        { match: /^late$/, learningRate: (step: number) => step },
      ],
    });
    const names = ['slow', 'late', 'still'];
    const variables = tf.tidy(() => names.map((name) => tf.variable(tf.scalar(2), true, name)));
    const optimizer = new WSAM(new Lookahead(base), { gamma, rho: 0.5 });
    const loss = (): tf.Scalar => tf.addN(variables.map((x) => tf.square(x))) as tf.Scalar;
    optimizer.minimize(loss, false, variables);
    // The slow one, which alone has a rate, has g = 4 and h = 5. The base goes by its rate times the sign of g, the sharpness by L·4·(h − g).
    const [slow, late, still] = await Promise.all(variables.map(async (x) => (await x.data())[0]));
    expect(slow).toBeCloseTo(2 - 0.1 - 0.4, 5);
    expect(late).toBe(2);
    expect(still).toBe(2);
    optimizer.dispose();
    tf.dispose(variables);
  });

  it('is the base alone with gamma 0', async () => {
    expect(await after(new Momentum(0.1, 0), { gamma: 0 })).toBeCloseTo(1.6, 5);
  });

  it.each([
    [{ rho: -1 }, 'WSAM: rho must be in [0, ∞), got -1'],
    [{ gamma: 1 }, 'WSAM: gamma must be in [0, 1), got 1'],
    [{ maxNorm: 0 }, 'WSAM: maxNorm must be in (0, ∞), or null, got 0'],
    [{ perturbEpsilon: -1 }, 'WSAM: perturbEpsilon must be in [0, ∞), got -1'],
  ])('refuses %o', (options, message) => {
    expect(() => new WSAM(new AdamW(), options)).toThrow(new RangeError(message));
  });

  it('refuses to decouple from a base without a learning rate', () => {
    class Rateless extends tf.Optimizer {
      static readonly className: string = 'Rateless';

      override applyGradients(): void {}

      getConfig(): tf.serialization.ConfigDict {
        return {};
      }
    }
    expect(() => new WSAM(new Rateless())).toThrow(
      new TypeError('WSAM: base must have a learning rate with decouple, but Rateless has none'),
    );
    const coupled = new WSAM(new Rateless(), { decouple: false });
    expect(coupled.getConfig()).toMatchObject({ decouple: false });
  });
});
