// SPDX-License-Identifier: Apache-2.0

import { SGDW, type SGDWOptions } from '@optim/sgdw';
import { expectWalk, suite, walk } from '@optim/testing';
import golden from '@optim/testing/golden/SGDW.json' with { type: 'json' };
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';

suite(golden, (options) => new SGDW(options));

describe('SGDW', () => {
  const sgdw = (options: SGDWOptions): SGDW => new SGDW({ learningRate: 0.5, ...options });

  it('starts its momentum with the first gradient, undampened', async () => {
    // b: 4, ½·4 + ¼·2 = 2.5, 1.25
    const options = { momentum: 0.5, dampening: 0.75 };
    expectWalk(await walk(sgdw(options), [0], [[4], [2], [0]]), [[-2], [-3.25], [-3.875]]);
  });

  it('looks ahead in Nesterov form', async () => {
    // b: 4, 4, 2; g + ½b: 6, 4, 1
    const options = { momentum: 0.5, nesterov: true };
    expectWalk(await walk(sgdw(options), [0], [[4], [2], [0]]), [[-3], [-5], [-5.5]]);
  });

  it('keeps nothing without momentum, and has no use for a dampening then', async () => {
    const optimizer = sgdw({ dampening: 0.75 });
    const x = tf.tidy(() => tf.variable(tf.scalar(0), true, 'x'));
    for (let t = 0; t < 2; t++) tf.tidy(() => optimizer.applyGradients({ x: tf.scalar(4) }));
    expect((await x.data())[0]).toBe(-4);
    expect((await optimizer.stateDict()).parameters[0]!.slots).toEqual({});
    x.dispose();
    optimizer.dispose();
  });

  it('starts the momentum of a late parameter with its own first gradient', async () => {
    const optimizer = sgdw({ momentum: 0.5, dampening: 1 });
    const x = tf.tidy(() => tf.variable(tf.scalar(0), true, 'x'));
    const late = tf.tidy(() => tf.variable(tf.scalar(0), true, 'late'));
    tf.tidy(() => optimizer.applyGradients({ x: tf.scalar(4) }));
    tf.tidy(() => optimizer.applyGradients({ x: tf.scalar(4), late: tf.scalar(4) }));
    expect((await x.data())[0]).toBe(-3);
    expect((await late.data())[0]).toBe(-2);
    tf.dispose([x, late]);
    optimizer.dispose();
  });

  it('decays by momentum where coupled, past it otherwise', async () => {
    const options = { momentum: 0.5, weightDecay: 0.25 };
    const coupled = sgdw({ ...options, weightDecayMode: 'coupled' });
    // b: 1, ½ + ¼·3.5 = 1.375
    expectWalk(await walk(coupled, [4], [[0], [0]]), [[3.5], [2.8125]]);
    expectWalk(await walk(sgdw(options), [4], [[0], [0]]), [[3.5], [3.0625]]);
    const independent = sgdw({ ...options, weightDecayMode: 'independent' });
    expectWalk(await walk(independent, [4], [[0], [0]]), [[3], [2.25]]);
  });

  it.each([
    [{ learningRate: Infinity }, 'learningRate must be in [0, ∞), got Infinity'],
    [{ momentum: 1 }, 'momentum must be in [0, 1), got 1'],
    [{ dampening: 1.1 }, 'dampening must be in [0, 1], got 1.1'],
    [{ weightDecay: -0.1 }, 'weightDecay must be in [0, ∞), got -0.1'],
    [{ nesterov: true }, 'nesterov must be false without momentum and with dampening, got true'],
    [
      { nesterov: true, momentum: 0.9, dampening: 0.1 },
      'nesterov must be false without momentum and with dampening, got true',
    ],
    [
      { momentum: 0.9, nesterov: true, parameterGroups: [{ match: /bias/, momentum: 0 }] },
      'nesterov must be false without momentum and with dampening, got true',
    ],
  ])('refuses %o', (options, message) => {
    expect(() => new SGDW(options)).toThrow(new RangeError(`SGDW: ${message}`));
  });
});
