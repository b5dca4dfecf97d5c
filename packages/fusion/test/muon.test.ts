// SPDX-License-Identifier: Apache-2.0
// A rule made of products of matrices: Muon, which takes its step along the nearest orthogonal matrix, found by five
// iterations of Newton and Schulz.

import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, inject, it } from 'vitest';
import {
  describeProgram,
  executorFor,
  kernelFor,
  trace,
  type Expression,
  type Program,
  type Rule,
  type Shape,
  matMul,
  reshape,
} from '../src/index.js';
import { stepsOf } from '../src/steps.js';

const [a, b, c] = [3.4445, -4.775, 2.0315];

/** Products with the smaller of XXᵀ and XᵀX. */
function orthogonalized(u: Expression): Expression {
  const tall = u.shape[0]! > u.shape[1]!;
  let x = u.div(u.norm().add(1e-7));
  for (let i = 0; i < 5; i++) {
    const gram = matMul(x, x, tall, !tall);
    const polynomial = gram.mul(b).add(matMul(gram, gram).mul(c));
    x = x.mul(a).add(tall ? matMul(x, polynomial) : matMul(polynomial, x));
  }
  return x;
}

const ema = (m: Expression, g: Expression, beta: Expression): Expression =>
  m.mul(beta).add(g.mul(beta.complement()));

const muon: Rule = ({ param, grad, m }, { beta, rate }) => {
  const next = ema(m!, grad!, beta!);
  const columns = param!.shape.at(-1)!;
  const matrix = reshape(ema(next, grad!, beta!), [param!.size / columns, columns]);
  return { m: next, param: param!.sub(reshape(orthogonalized(matrix), param!.shape).mul(rate!)) };
};

function traced(shape: Shape): Program {
  return trace('Muon', { param: shape, grad: shape, m: shape }, ['beta', 'rate'], muon);
}

/** The same by TensorFlow.js. */
function plain(param: tf.Tensor, grad: tf.Tensor, m: tf.Tensor, beta: number, rate: number): tf.Tensor[] {
  return tf.tidy(() => {
    const mean = (x: tf.Tensor): tf.Tensor => tf.add(tf.mul(x, beta), tf.mul(grad, 1 - beta));
    const next = mean(m);
    const columns = param.shape.at(-1)!;
    const u = tf.reshape(mean(next), [-1, columns]);
    const tall = u.shape[0]! > u.shape[1]!;
    let x = tf.div(u, tf.add(tf.norm(u), 1e-7));
    for (let i = 0; i < 5; i++) {
      const gram = tf.matMul(x, x, tall, !tall);
      const polynomial = tf.add(tf.mul(gram, b), tf.mul(tf.matMul(gram, gram), c));
      x = tf.add(tf.mul(x, a), tall ? tf.matMul(x, polynomial) : tf.matMul(polynomial, x));
    }
    return [next, tf.sub(param, tf.mul(tf.reshape(x, param.shape), rate))];
  });
}

describe.each([[[6, 4]], [[4, 6]], [[3, 3, 2, 5]]])('Muon on %j', (shape) => {
  const size = shape.reduce((product, length) => product * length, 1);
  const wave = (speed: number): tf.Tensor =>
    tf.tensor(
      Float32Array.from({ length: size }, (_, i) => Math.sin(1 + i * speed)),
      shape,
    );

  it('gives what TensorFlow.js gives', async () => {
    const program = traced(shape);
    const [param, m] = [wave(0.7), wave(0.3)].map((start) => {
      const variable = tf.variable(start, false);
      start.dispose();
      return variable;
    }) as [tf.Variable, tf.Variable];
    const grad = wave(1.1);
    const expected = plain(param, grad, m, 0.95, 0.02);
    const tensors: Record<string, tf.Tensor> = { param, grad, m };
    const inputs = program.inputs.map((at) => tensors[program.nodes[at]!.name!]!);
    const numbers: Record<string, number> = { beta: 0.95, rate: 0.02 };
    const before = tf.memory().numTensors;
    const results = kernelFor(program).run(
      inputs,
      program.scalars.map((name) => numbers[name]!),
    );
    const made = results.filter((result) => !inputs.includes(result));
    expect(tf.memory().numTensors - before).toBe(made.length);
    // In place, where the backend can.
    if (['cpu', 'wasm'].includes(inject('backend'))) expect(made).toEqual([]);
    for (const [i, { name }] of program.outputs.entries()) {
      const want = await expected[name === 'm' ? 0 : 1]!.data();
      const got = await results[i]!.data();
      want.forEach((x, at) => expect(Math.abs(got[at]! - x)).toBeLessThan(2e-5));
    }
    tf.dispose([param, m, grad, expected, made]);
  });
});

it('is fifteen products, and eleven programs between them', () => {
  const program = traced([6, 4]);
  const steps = stepsOf(program);
  const products = steps.filter((step) => 'results' in step);
  expect([products.length, steps.length - products.length]).toEqual([15, 11]);
});

it('is told in a few rows', () => {
  const { name } = executorFor(inject('backend'));
  if (name === 'ops') return;
  const rows = describeProgram(traced([6, 4])).map(({ phase, executor, times = 1 }) => [
    phase,
    executor,
    times,
  ]);
  expect(rows).toEqual([
    ['Muon#0#0', name, 1],
    ['Muon#0#1', name, 1],
    ['Muon: matMul [6,4]ᵀ [6,4]', 'tfjs', 5],
    ['Muon: matMul [4,4] [4,4]', 'tfjs', 5],
    ['Muon#1', name, 5],
    ['Muon: matMul [6,4] [4,4]', 'tfjs', 5],
    ['Muon#2', name, 4],
    ['Muon#10', name, 1],
  ]);
});
