// SPDX-License-Identifier: Apache-2.0
// How programs are divided at tensor operations, and what running them takes.

import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, inject, it } from 'vitest';
import {
  defineTensorFunction,
  describeProgram,
  executorFor,
  kernelFor,
  opsExecutor,
  trace,
  type Kernel,
  type Program,
  type Rule,
  type Shape,
  matMul,
  transpose,
  reshape,
  exp,
} from '../src/index.js';
import { stepsOf } from '../src/steps.js';
import { nameOf } from './programs.js';
import { data, run } from './run.js';
import { withExecutor } from './seam.js';

/** Steps in words: tensor operations by name; of programs what they compute from what. */
function shown(shapes: Record<string, Shape>, rule: Rule, scalars: string[] = []): string[] {
  const program = trace('Test', shapes, scalars, rule);
  const named = (name: string): string =>
    name.startsWith('$') ? nameOf(program.nodes[Number(name.slice(1))]!) : name;
  return stepsOf(program).map((step) => {
    if ('results' in step) return nameOf(program.nodes[step.results[0]!.node]!);
    const { nodes, inputs, outputs } = step.program;
    const from = inputs.map((at) => named(nodes[at]!.name!)).join(' ');
    return `${from} -> ${outputs.map(({ name }) => named(name)).join(' ')}`;
  });
}

describe('a program with tensor operations', () => {
  const square = { x: [4, 4], y: [4, 4] };

  it('runs those on inputs first, and one after the other without anything between', () => {
    expect(shown(square, ({ x, y }) => ({ z: matMul(matMul(x!, y!), x!).add(1) }))).toEqual([
      'matMul',
      'matMul',
      'matMul -> z',
    ]);
  });

  it('computes operands before, and outputs after the last', () => {
    const rule: Rule = ({ x, y }) => ({ x: x!.add(2), z: transpose(matMul(x!.add(1), exp(y!)).neg()) });
    expect(shown(square, rule)).toEqual(['x y -> add exp', 'matMul', 'matMul -> neg', 'transpose', 'x -> x']);
  });

  it('multiplies by the same numbers in several shapes', async () => {
    const rule: Rule = ({ x }) => {
      const [row, column] = [reshape(x!, [1, 2]), reshape(x!, [2, 1])];
      return { y: matMul(matMul(row, row, true), column) };
    };
    const { y } = await run(rule, { x: data([3, 4]) }, {}, kernelFor);
    expect(y).toEqual(data([75, 100], [2, 1]));
  });

  it('makes nothing of a reshape but the same tensor in another shape', () => {
    const rule: Rule = ({ x, y }) => ({
      z: reshape(x!.mul(2), [16]).add(reshape(exp(y!), [16])),
    });
    expect(shown(square, rule)).toEqual(['reshape', 'reshape', 'reshape reshape -> z']);
  });

  it('reduces where it is needed, once', () => {
    const rule: Rule = ({ x, y }) => {
      const scaled = x!.div(x!.norm());
      return { z: matMul(scaled, y!).mul(x!.norm()), w: y!.sum() };
    };
    expect(shown(square, rule)).toEqual(['x -> div sum sum', 'matMul', 'matMul sum sum y -> z w']);
  });

  it('does not repeat in later stages what takes several tensors', () => {
    const rule: Rule = ({ x, y }) => {
      const total = matMul(x!, y!).add(matMul(y!, x!));
      return { z: total.add(matMul(total.neg(), x!)) };
    };
    expect(shown(square, rule)).toEqual([
      'matMul',
      'matMul',
      'matMul matMul -> add neg',
      'matMul',
      'add matMul -> z',
    ]);
  });

  it('runs an operation with several results once, and equal operations once', () => {
    const pair = defineTensorFunction({
      name: 'pair',
      shapes: ([x]) => [x!, x!],
      run: ([x]) => [tf.neg(x!), tf.abs(x!)],
    });
    const rule: Rule = ({ x }) => {
      const [a, b] = pair([x!]);
      return { z: a!.add(b!).add(pair([x!])[1]!), w: matMul(x!, x!).add(matMul(x!, x!)) };
    };
    expect(shown(square, rule)).toEqual(['call', 'matMul', 'call call matMul -> z w']);
  });
});

/** Two coupled products, three times. */
const repeated: Rule = ({ x }) => {
  let y = x!.div(x!.norm());
  for (let i = 0; i < 3; i++) y = y.mul(1.5).sub(matMul(matMul(y, y, false, true), y).mul(0.5));
  return { y };
};

describe('running', () => {
  const make = (): Program => trace('Steps', { x: [8, 8] }, [], repeated);

  it('compiles equal steps once', () => {
    const compiled: string[] = [];
    const compile = (phase: Program): Kernel => {
      compiled.push(phase.name);
      return { ...opsExecutor.compile(phase), executor: 'seam' };
    };
    withExecutor(compile, () => kernelFor(make()));
    // The norm, what is divided by it, an iteration and the last one, whose result is not named like those of others.
    expect(compiled).toEqual(['Steps#0#0', 'Steps#0#1', 'Steps#1']);
  });

  it('is described in a row for each kind of step', () => {
    if (executorFor(inject('backend')).name === 'ops') return;
    const rows = describeProgram(make());
    const { name } = executorFor(inject('backend'));
    expect(rows.map(({ phase, executor, times }) => [phase, executor, times])).toEqual([
      ['Steps#0#0', name, undefined],
      ['Steps#0#1', name, undefined],
      ['Steps: matMul [8,8] [8,8]ᵀ', 'tfjs', 3],
      ['Steps: matMul [8,8] [8,8]', 'tfjs', 3],
      ['Steps#1', name, 3],
    ]);
    expect(rows[2]).toMatchObject({ operations: 1, bytesRead: 512, bytesWritten: 256 });
  });

  it('frees what lies between steps as soon as its last reader has run', () => {
    const peaks: number[] = [];
    const before = tf.memory().numTensors;
    const note = defineTensorFunction({
      name: 'note',
      shapes: ([x]) => [x!],
      run: ([x]) => {
        peaks.push(tf.memory().numTensors - before);
        return [tf.clone(x!)];
      },
    });
    const program = trace('Freed', { x: [2, 2] }, [], ({ x }) => {
      let y = x!;
      for (let i = 0; i < 6; i++) y = note([matMul(y, y).add(1)])[0]!;
      return { y };
    });
    const kernel = kernelFor(program);
    const x = tf.ones([2, 2]);
    const [y] = kernel.run([x], []);
    if (kernel.executor !== 'ops') expect(Math.max(...peaks)).toBeLessThanOrEqual(2);
    tf.dispose([x, y!]);
  });

  it('keeps nothing of a run that fails', () => {
    const fail = defineTensorFunction({
      name: 'fail',
      shapes: ([x]) => [x!],
      run: () => {
        throw new RangeError('no convergence');
      },
    });
    const wrong = defineTensorFunction({ name: 'wrong', shapes: ([x]) => [x!], run: ([x]) => [tf.sum(x!)] });
    const x = tf.ones([2, 2]);
    const before = tf.memory().numTensors;
    const running = (f: typeof fail): (() => unknown) => {
      const program = trace('Fails', { x: [2, 2] }, [], (t) => {
        const sum = matMul(t['x']!, t['x']!).add(1);
        return { y: f([matMul(sum, sum)])[0]!.add(sum) };
      });
      return () => kernelFor(program).run([x], []);
    };
    expect(running(fail)).toThrow(new RangeError('no convergence'));
    expect(running(wrong)).toThrow(
      new TypeError('wrong: run must give float32 tensors of shapes [2,2], got [] (float32)'),
    );
    expect(tf.memory().numTensors).toBe(before);
    x.dispose();
  });

  it('has a gradient', async () => {
    const program = trace('Gradient', { x: [2, 2] }, [], ({ x }) => ({
      y: reshape(matMul(x!, x!.mul(2), false, true), [4]).sum(),
    }));
    const x = tf.tensor2d([1, 2, 3, 4], [2, 2]);
    // y = 2·|column sums|²
    const gradient = tf.grad((v) => kernelFor(program).run([v], [])[0]!)(x);
    expect([...(await gradient.data())]).toEqual([16, 24, 16, 24]);
    tf.dispose([x, gradient]);
  });

  it('sees new numbers in every run', async () => {
    const rule: Rule = ({ x }, { s, t }) => ({ z: matMul(x!.mul(s!), x!.mul(t!)).mul(s!) });
    const x = data([1, 0, 0, 1], [2, 2]);
    const { z } = await run(rule, { x }, { s: 3, t: 2 }, kernelFor);
    expect(z!.elements).toEqual([18, 0, 0, 18]);
  });
});
