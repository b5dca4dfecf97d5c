// SPDX-License-Identifier: Apache-2.0
// What the webgl executor does around a step: programs and shaders, memory, names, errors.

import * as tf from '@tensorflow/tfjs-core';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { webglExecutor } from '../src/executors/webgl/executor.js';
import {
  kernelFor,
  opsExecutor,
  registerExecutor,
  sizeOf,
  trace,
  type Kernel,
  type Program,
  type Shape,
} from '../src/index.js';
import { describeProgram } from '../src/index.js';
import { adabelief, adamw, lamb, rates } from './webgl-rules.js';
import { compiled, forms, internals, programs } from './webgl-backend.js';

const tensors = ['param', 'grad', 'm', 's'];

const traced = (rule: typeof lamb, shape: Shape, name = rule.name): Program =>
  trace(name, Object.fromEntries(tensors.map((tensor) => [tensor, shape])), Object.keys(rates(1)), rule);

/** Numbers between −1 and 1 that look like none in particular. */
const values = (shape: Shape, seed: number): number[] =>
  Array.from({ length: sizeOf(shape) }, (_, i) => Math.sin(12.9898 * (i + 1) * seed + seed));

/** Runs steps of training on textures; gives what stays of each tensor. */
function train(kernel: Kernel, program: Program, shape: number[], steps: number): Record<string, number[]> {
  const place = forms['a packed texture']!;
  const zeros = values(shape, 0).map(() => 0);
  let state = { param: place(values(shape, 1), shape), m: place(zeros, shape), s: place(zeros, shape) };
  for (let t = 1; t <= steps; t++) {
    const grad = place(values(shape, t + 1), shape);
    const given: Record<string, tf.Tensor> = { ...state, grad };
    const numbers: Record<string, number> = rates(t);
    const inputs = program.inputs.map((at) => given[program.nodes[at]!.name!]!);
    const made = kernel.run(
      inputs,
      program.scalars.map((name) => numbers[name]!),
    );
    tf.dispose(given);
    state = Object.fromEntries(program.outputs.map(({ name }, i) => [name, made[i]!])) as typeof state;
  }
  const results = Object.fromEntries(
    Object.entries(state).map(([name, tensor]) => [name, [...tensor.dataSync()]]),
  );
  tf.dispose(state);
  return results;
}

const difference = (a: number[], b: number[]): number =>
  Math.max(...a.map((x, i) => Math.abs(x - b[i]!) / Math.max(1e-3, Math.abs(b[i]!))));

describe('steps on webgl', () => {
  registerExecutor('webgl', webglExecutor);
  afterEach(() => {
    vi.restoreAllMocks();
  });

  describe.each([adabelief, adamw, lamb])('of $name', (rule) => {
    it.each([[[7, 5]], [[33]], [[3, 3, 2, 5]], [[]]])(
      'of shape %j come out as with plain ops',
      (shape: number[]) => {
        const program = traced(rule, shape);
        const [actual, expected] = [kernelFor(program), opsExecutor.compile(program)].map((kernel) =>
          train(kernel, program, shape, 10),
        );
        expect(kernelFor(program).executor).toBe('webgl');
        for (const name of ['param', 'm', 's'])
          expect(difference(actual![name]!, expected![name]!)).toBeLessThan(2e-5);
      },
    );
  });

  it.each([
    ['per output', adabelief, 'a packed texture', 3],
    ['per output, and two per norm, of any phase', lamb, 'a packed texture', 2 * 2 + 3],
    ['per output, and per input that has to be packed', adabelief, 'a texture of one element a texel', 3 + 4],
  ])('run one program %s', (_, rule, form, count) => {
    const shape = [16, 20];
    const program = traced(rule, shape);
    const inputs = program.inputs.map((at) => forms[form]!(values(shape, at), shape));
    const kernel = kernelFor(program);
    const ran = programs();
    const outputs = kernel.run(
      inputs,
      program.scalars.map(() => 0.5),
    );
    expect(ran).toHaveBeenCalledTimes(count);
    tf.dispose([inputs, outputs]);
  });

  it('compile nothing for other numbers, and nothing for another shape of as many axes', () => {
    const shapes = [
      [8, 6],
      [10, 12],
      [64, 128],
    ];
    train(kernelFor(traced(adabelief, shapes[0]!)), traced(adabelief, shapes[0]!), shapes[0]!, 1);
    const all = shapes.map((shape) => {
      const program = traced(adabelief, shape);
      const inputs = program.inputs.map((_, i) => forms['a packed texture']!(values(shape, i), shape));
      return { kernel: kernelFor(program), inputs, scalars: program.scalars };
    });
    const before = compiled();
    const outputs = all.flatMap(({ kernel, inputs, scalars }) =>
      [1, 2, 3].map((s) =>
        kernel.run(
          inputs,
          scalars.map(() => s),
        ),
      ),
    );
    expect(compiled()).toBe(before);
    tf.dispose([all.map(({ inputs }) => inputs), outputs]);
  });

  it('use no more memory from step to step', () => {
    const program = traced(lamb, [40, 30]);
    const used = [3, 30].map((steps) => {
      train(kernelFor(program), program, [40, 30], steps);
      const { numTensors, numDataBuffers, numBytes } = tf.memory();
      return {
        numTensors,
        numDataBuffers,
        numBytes,
        numBytesInGPU: (tf.memory() as { numBytesInGPU?: number }).numBytesInGPU,
      };
    });
    expect(used[1]).toEqual(used[0]);
  });

  it('show up in tf.profile, programs included', async () => {
    const program = traced(lamb, [4, 3], 'Lamb.update');
    const inputs = program.inputs.map((_, i) => forms['a packed texture']!(values([4, 3], i), [4, 3]));
    const kernel = kernelFor(program);
    const { kernels, result } = await tf.profile(() =>
      kernel.run(
        inputs,
        program.scalars.map(() => 0.5),
      ),
    );
    expect(kernels.map(({ name }) => name)).toEqual(['Lamb.update#0', 'Lamb.update#1']);
    expect(kernels.map(({ outputShapes }) => outputShapes)).toEqual([
      [[], [], [], []],
      [
        [4, 3],
        [4, 3],
        [4, 3],
      ],
    ]);
    const counts = kernels.map(
      ({ extraInfo }) => (extraInfo as unknown as string).match(/FusedProgram/g)!.length,
    );
    expect(counts).toEqual([4, 3]);
    tf.dispose([inputs, result]);
  });

  it('are checked for NaN while tf.env() says DEBUG', async () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
    vi.spyOn(console, 'log').mockImplementation(() => {});
    const program = trace('Root', { x: [2] }, [], ({ x }) => ({ y: x!.sqrt() }));
    const x = tf.tensor([1, -1]);
    const flags = ['DEBUG', 'CHECK_COMPUTATION_FOR_ERRORS']; // the second follows the first until it is first asked for
    for (const flag of flags) tf.env().set(flag, true);
    const [y] = kernelFor(program).run([x], []);
    for (const flag of flags) tf.env().set(flag, false);
    await y!.data();
    tf.dispose([x, y!]);
    await vi.waitFor(() => {
      expect(warn).toHaveBeenCalledWith("Found NaN in the result of 'Root'");
    });
  });

  it('leave clones and reshaped aliases as they were', () => {
    const program = trace('Double', { x: [4] }, [], ({ x }) => ({ x: x!.mul(2) }));
    const x = forms['a packed texture']!([1, 2, 3, 4], [4]);
    const others = [tf.clone(x), tf.reshape(x, [2, 2])];
    const [y] = kernelFor(program).run([x], []);
    expect(others.map((other) => [...other.dataSync()])).toEqual([
      [1, 2, 3, 4],
      [1, 2, 3, 4],
    ]);
    expect([...y!.dataSync()]).toEqual([2, 4, 6, 8]);
    tf.dispose([x, ...others, y!]);
  });

  it('take tensors of another backend', async () => {
    await import('@tensorflow/tfjs-backend-cpu');
    const program = trace('Double', { x: [4] }, [], ({ x }) => ({ x: x!.mul(2), most: x!.max() }));
    const kernel = kernelFor(program);
    await tf.setBackend('cpu');
    const x = tf.tensor([1, 2, 3, 4]);
    await tf.setBackend('webgl');
    const outputs = kernel.run([x], []);
    expect(outputs.map((output) => [...output.dataSync()])).toEqual([[2, 4, 6, 8], [4]]);
    tf.dispose([x, ...outputs]);
  });

  describe('where the backend cannot', () => {
    const program = (): Program => trace('Double', { x: [2] }, [], ({ x }) => ({ x: x!.mul(2) }));

    it.each([
      ['WEBGL_VERSION', 1, 'this is not WebGL 2'],
      ['WEBGL_RENDER_FLOAT32_ENABLED', false, 'float32 textures cannot be drawn on'],
    ])('are refused: %s = %s', (flag, value, message) => {
      const before = tf.env().get(flag);
      tf.env().set(flag, value);
      try {
        expect(() => webglExecutor.compile(program())).toThrow(message);
      } finally {
        tf.env().set(flag, before);
      }
    });

    it('are refused when its inside is another', () => {
      vi.spyOn(tf.engine(), 'backend', 'get').mockReturnValue({} as tf.KernelBackend);
      expect(() => webglExecutor.compile(program())).toThrow('the webgl backend does not show its programs');
    });

    it('run with plain ops: too many textures', () => {
      const names = Array.from(
        { length: tf.env().getNumber('WEBGL_MAX_TEXTURES_IN_SHADER') + 1 },
        (_, i) => `x${i}`,
      );
      const shapes = Object.fromEntries(names.map((name) => [name, [2]]));
      const many = trace('Many', shapes, [], (inputs) => ({
        sum: Object.values(inputs).reduce((a, b) => a.add(b)),
      }));
      expect(() => webglExecutor.compile(many)).toThrow('it reads 17 textures, and a shader here takes 16');
      const inputs = names.map((_, i) => tf.tensor([i, 1]));
      const [sum] = kernelFor(many).run(inputs, []);
      expect(describeProgram(many).map(({ executor, fallback }) => [executor, fallback])).toEqual([
        ['ops', 'it reads 17 textures, and a shader here takes 16'],
      ]);
      expect([...sum!.dataSync()]).toEqual([136, 17]);
      tf.dispose([inputs, sum!]);
    });

    it('say that the context is lost', () => {
      const x = tf.tensor([1, 2]);
      const kernel = kernelFor(program());
      vi.spyOn(internals().gpgpu.gl, 'isContextLost').mockReturnValue(true);
      expect(() => kernel.run([x], [])).toThrow(
        'Double: the WebGL context is lost, and with it all tensors on it; load the last saved state on a new backend',
      );
      x.dispose();
    });
  });
});
