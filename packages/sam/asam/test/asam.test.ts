// SPDX-License-Identifier: Apache-2.0

import { AdamW } from '@optim/adamw';
import { ASAM, type ASAMOptions } from '@optim/asam';
import { SAM } from '@optim/sam';
import { conformance, convolutionalSuite, freeOwned, goldenBase, goldenSuite, own } from '@optim/testing';
import golden from '@optim/testing/golden/ASAM.json' with { type: 'json' };
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, describe, expect, it } from 'vitest';

goldenSuite(
  golden,
  ({ base, ...options }) =>
    new ASAM(
      goldenBase(base, (given) => new AdamW(given)),
      options,
    ),
);
conformance((options) => new ASAM(new AdamW(), options));

convolutionalSuite((learningRate) => new ASAM(new AdamW({ learningRate })), [2, 2]);

afterEach(freeOwned);

const scalar = (value: number, name: string): tf.Variable =>
  own(tf.tidy(() => tf.variable(tf.scalar(value), true, name)));

/** How far a kernel of 3 and another variable of 0 go from p to q, where both have the gradient 1. */
async function moves(optimizer: tf.Optimizer, other: string): Promise<number[]> {
  const variables = [scalar(3, 'dense_9/kernel'), scalar(0, other)];
  const seen: tf.Tensor[] = [];
  own(optimizer).minimize(
    () => {
      const q = tf.stack(variables);
      seen.push(own(tf.keep(tf.clone(q))));
      return tf.sum(q);
    },
    false,
    variables,
  );
  const [p, q] = await Promise.all(seen.map((tensor) => tensor.data()));
  tf.dispose(variables);
  return Array.from(q!, (value, i) => value - p![i]!);
}

/** rho·T²/√(Σ T²) with rho 2. */
function expectMoves(got: number[], T: [number, number]): void {
  const norm = Math.hypot(...T);
  expect(got[0]).toBeCloseTo((2 * T[0] ** 2) / norm, 5);
  expect(got[1]).toBeCloseTo((2 * T[1] ** 2) / norm, 5);
}

const asam = (options: ASAMOptions = {}): ASAM => new ASAM(new AdamW(), { rho: 2, eta: 0.5, ...options });

describe('ASAM: biases', () => {
  it.each(['dense/bias', 'dense_1/bias_2', 'bias', 'batch_normalization/beta', 'a/b/bias'])(
    '%s is one',
    async (name) => {
      expectMoves(await moves(asam(), name), [3.5, 1]);
      expectMoves(await moves(asam({ excludeBias: false }), `other/${name}`), [3.5, 0.5]);
    },
  );

  it.each(['bias/kernel', 'dense/kernel_bias', 'batch_normalization/gamma', 'embeddings'])(
    '%s is none',
    async (name) => {
      expectMoves(await moves(asam(), name), [3.5, 0.5]);
    },
  );

  it('are those a predicate names', async () => {
    const excludeBias = ({ shape, name }: tf.Variable): boolean =>
      shape.length === 0 && name.endsWith('kernel');
    expectMoves(await moves(asam({ excludeBias }), 'bias'), [1, 0.5]);
  });

  it('change when a state with the other choice is loaded', async () => {
    const without = own(asam({ excludeBias: false, eta: 1, rho: 1 }));
    const optimizer = asam();
    await optimizer.loadStateDict(await without.stateDict());
    const got = await moves(optimizer, 'bias');
    expectMoves(
      got.map((move) => 2 * move),
      [4, 1],
    );
    expect(optimizer.getConfig()).toMatchObject({ excludeBias: false, eta: 1, rho: 1 });
  });
});

describe('ASAM', () => {
  it('is SAM with adaptive where eta is 0 and no bias is excluded', async () => {
    const want = await moves(new SAM(new AdamW(), { rho: 2, adaptive: true }), 'bias');
    expectMoves(want, [3, 0]);
    expect(await moves(asam({ eta: 0, excludeBias: false }), 'bias')).toEqual(want);
  });

  it('cannot be saved with a predicate; its state can', async () => {
    const optimizer = own(asam({ excludeBias: () => true }));
    const message = 'ASAM: excludeBias: a function cannot be saved; name biases so that true finds them';
    expect(() => optimizer.getConfig()).toThrow(new TypeError(message));
    expect((await optimizer.stateDict()).hyperparameters).toEqual({
      rho: 2,
      eta: 0.5,
      perturbEpsilon: 1e-16,
    });
  });

  it('needs the loss', () => {
    const w = scalar(1, 'w');
    const message =
      'ASAM: a step needs the loss itself, to evaluate it a second time; call minimize instead of applyGradients';
    expect(() => own(asam()).applyGradients({ w })).toThrow(new TypeError(message));
  });

  it.each([
    [{ rho: -1 }, RangeError, 'ASAM: rho must be in [0, ∞), got -1'],
    [{ eta: NaN }, RangeError, 'ASAM: eta must be in [0, ∞), got NaN'],
    [{ perturbEpsilon: -1 }, RangeError, 'ASAM: perturbEpsilon must be in [0, ∞), got -1'],
    [
      { excludeBias: 'yes' as unknown as boolean },
      TypeError,
      'ASAM: excludeBias must be true, false or a predicate on the variable, got "yes"',
    ],
  ])('refuses %o', (options, type, message) => {
    expect(() => asam(options)).toThrow(new type(message));
  });

  it('refuses a base that is none', () => {
    expect(() => new ASAM(null as unknown as tf.Optimizer)).toThrow(
      new TypeError('ASAM: base must be an optimizer, got null'),
    );
  });
});
