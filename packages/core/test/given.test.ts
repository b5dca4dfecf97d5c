// SPDX-License-Identifier: Apache-2.0
// What a rule may branch on per variable, leave out, and make of the gradient; and the point of evaluation.

import { zeros } from '@optim/formulas';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { round } from '../src/authoring.js';
import { describeExecution } from '../src/index.js';
import { probe } from './probe.js';
import { Heavy, close, half, read, step, variable } from './rules.js';

let a: tf.Variable;
let b: tf.Variable;

beforeEach(() => {
  a = variable('a', [3, 4]);
  b = variable('b', 1);
});

afterEach(() => tf.dispose([a, b]));

describe('a rule', () => {
  it('branches on traits of a variable', async () => {
    const Biased = probe<never, { bias: boolean }>({
      traits: ({ name }) => ({ bias: name === 'b' }),
      update: ({ param, grad }, { bias }) => ({ param: bias ? param : param.sub(grad) }),
    });
    const optimizer = new Biased();
    step(optimizer, a, b);
    expect([...(await read(a)), ...(await read(b))]).toEqual([2, 3, 1]);
    optimizer.dispose();
  });

  it('pauses, and the step is counted', async () => {
    const Pausing = probe({
      pauses: ({ learningRate }) => learningRate === 0,
      update: ({ param, grad }) => ({ param: param.sub(grad) }),
    });
    const optimizer = new Pausing({ learningRate: (t) => t % 2 });
    for (let t = 0; t < 4; t++) step(optimizer, b);
    expect(await read(b)).toEqual([-1]);
    expect(optimizer.iterations).toBe(4);
    expect((await optimizer.stateDict()).parameters.map(({ updates }) => updates)).toEqual([2]);
    optimizer.dispose();
  });

  it('prepares the gradient before weight decay, once for its round and the update', async () => {
    const Centered = probe<'seen', object, { squares: number }>({
      slots: () => ({ seen: zeros }),
      gradient: ({ grad }) => grad.sub(grad.mean()),
      rounds: () => [
        round({
          observe: ({ grad }) => ({ squares: grad.square().sum() }),
          combine: ({ squares }) => ({ squares }),
        }),
      ],
      update: ({ param, grad }, { squares }) => ({ seen: grad, param: param.sub(grad.mul(squares)) }),
    });
    const optimizer = new Centered({ weightDecay: 0.5, weightDecayMode: 'coupled' });
    optimizer.minimize(half(a, b), false, [a, b]);
    // g − mean g = ∓½, and 0 for b; with ½p: 1, 2.5, ½; squares 7.5
    expect([...(await read(a)), ...(await read(b))]).toEqual(close(3 - 7.5, 4 - 7.5 * 2.5, 1 - 7.5 * 0.5));
    const { slots } = (await optimizer.stateDict()).parameters[0]!;
    expect([...slots['seen']!.data]).toEqual(close(1, 2.5));
    const phases = describeExecution(optimizer).filter(({ phase }) => phase.startsWith('Probe.update'));
    // Without the mean, which the observation has taken already, there is one phase for each of the two shapes.
    expect(phases).toHaveLength(2);
    optimizer.dispose();
  });
});

describe('the point of evaluation', () => {
  it('cannot be taken while the loss is evaluated', async () => {
    const optimizer = new Heavy();
    const f = (): tf.Scalar => {
      optimizer.useEvaluationWeights();
      return half(a)();
    };
    expect(() => optimizer.minimize(f, false, [a])).toThrow(
      new Error('Heavy: the loss is being evaluated; wait for it'),
    );
    expect(await read(a)).toEqual([3, 4]);
    optimizer.minimize(half(a), false, [a]);
    expect(await read(a)).toEqual([1.5, 2]);
    optimizer.dispose();
    expect(() => optimizer.useEvaluationWeights()).toThrow(/disposed/);
  });
});
