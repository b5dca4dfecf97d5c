// SPDX-License-Identifier: Apache-2.0

import * as tf from '@tensorflow/tfjs-core';
import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { curvature, hessianVectorProduct, higherOrder, type ByName } from '../src/index.js';
import { filled } from './float64.js';

const gpu = inject('backend').startsWith('web');

let w: tf.Variable;
let b: tf.Variable;

beforeEach(() => {
  tf.engine().startScope();
  w = tf.variable(filled([3, 2], 1), true, 'w');
  b = tf.variable(filled([2], 2), true, 'b');
});
afterEach(() => {
  tf.engine().endScope();
  tf.disposeVariables();
});

function loss(): tf.Scalar {
  const hidden = tf.tanh(tf.add(tf.matMul(filled([4, 3], 3) as tf.Tensor2D, w as tf.Tensor), b));
  return tf.losses.softmaxCrossEntropy(
    tf.tensor2d([
      [1, 0],
      [0, 1],
      [0, 1],
      [1, 0],
    ]),
    hidden,
  ) as tf.Scalar;
}

function vector(seed: number): { w: tf.Tensor; b: tf.Tensor } {
  return { w: filled([3, 2], seed), b: filled([2], seed + 1) };
}

async function values(tensors: ByName): Promise<number[]> {
  const all = await Promise.all(
    Object.keys(tensors)
      .sort()
      .map((name) => tensors[name]!.data()),
  );
  return all.flatMap((data) => [...data]);
}

function near(got: readonly number[], want: readonly number[], within: number): void {
  expect(got.length).toBe(want.length);
  got.forEach((value, i) => expect(Math.abs(value - want[i]!), `element ${i}`).toBeLessThan(within));
}

/** What must be the same before and after. */
function globals(): unknown[] {
  const engine = tf.engine();
  const backend = tf.getBackend();
  const names = [...tf.getKernelsForBackend(backend)].map(({ kernelName }) => kernelName);
  const kernels = ['Conv2DBackpropFilter', 'MaxPoolGrad', 'UnsortedSegmentSum', ...names];
  const gradients = [...Object.values(tf).filter((value) => typeof value === 'string'), ...kernels];
  return [
    Object.getOwnPropertyNames(engine).sort(),
    ...['addTapeNode', 'runKernelFunc', 'isTapeOn', 'readSync'].map((name) => Reflect.get(engine, name)),
    ...[...new Set(kernels)].sort().map((name) => tf.getKernel(name, backend)),
    ...gradients.map((name) => tf.getGradient(name as string)),
    engine.state.gradientDepth,
    engine.state.kernelDepth,
    engine.state.activeTape,
    Math.random,
  ];
}

describe('hessianVectorProduct', () => {
  it('is linear in the vector, and 0 for 0', async () => {
    const of = (v: ByName): ByName => hessianVectorProduct(loss, [w, b], v).products;
    const [u, v] = [vector(4), vector(6)];
    const sum = await values(of({ w: tf.add(tf.mul(u.w, 2), v.w), b: tf.add(tf.mul(u.b, 2), v.b) }));
    const [hu, hv] = [await values(of(u)), await values(of(v))];
    near(
      sum,
      hu.map((value, i) => 2 * value + hv[i]!),
      1e-6,
    );
    expect(await values(of({ w: tf.zeros([3, 2]), b: tf.zeros([2]) }))).toEqual(
      Array.from({ length: 8 }, () => 0),
    );
  });

  it('is symmetric, for any two vectors', async () => {
    const seeds = fc.integer({ min: 10, max: 10_000 });
    await fc.assert(
      fc.asyncProperty(seeds, seeds, async (first, second) => {
        const scope = tf.engine();
        scope.startScope();
        const [u, v] = [vector(first), vector(second)];
        const dot = async (x: ByName, y: ByName): Promise<number> => {
          const [xs, ys] = [await values(x), await values(y)];
          return xs.reduce((sum, value, i) => sum + value * ys[i]!, 0);
        };
        const [hu, hv] = curvature(loss, [w, b], ({ product }) => [product(u), product(v)]) as ByName[];
        expect(Math.abs((await dot(u, hv!)) - (await dot(v, hu!)))).toBeLessThan(1e-6);
        scope.endScope();
      }),
      { numRuns: gpu ? 5 : 50 },
    );
  });

  it('does not depend on what was called before', async () => {
    const first = await values(hessianVectorProduct(loss, [w, b], vector(4)).products);
    curvature(loss, [w, b], ({ product }) => [product(vector(8)), product(vector(12))]);
    expect(await values(hessianVectorProduct(loss, [w, b], vector(4)).products)).toEqual(first);
  });

  it('gives the loss and the gradient of tf.variableGrads, and leaves the variables alone', async () => {
    const before = await values({ w, b });
    const { value, grads } = hessianVectorProduct(loss, [w, b], vector(4));
    const stock = tf.variableGrads(loss, [w, b]);
    expect(await value.data()).toEqual(await stock.value.data());
    near(await values(grads), await values(stock.grads), 1e-7);
    expect(await values({ w, b })).toEqual(before);
  });

  it('gives zeros for what has no curvature or no influence', async () => {
    const linear = (): tf.Scalar => tf.sum(tf.mul(w, filled([3, 2], 7)));
    const { grads, products } = hessianVectorProduct(linear, [w, b], vector(4));
    expect(await values({ ...products, g: grads['b']! })).toEqual(Array.from({ length: 10 }, () => 0));
    near(await values({ w: grads['w']! }), [...(await filled([3, 2], 7).data())], 1e-7);
    const constant = hessianVectorProduct(() => tf.scalar(3), [w], { w: vector(4).w });
    expect(await values({ ...constant.products, g: constant.grads['w']! })).toEqual(
      Array.from({ length: 12 }, () => 0),
    );
  });

  it('can be differentiated once more', async () => {
    const cubed = (): tf.Scalar => tf.sum(tf.mul(tf.exp(w), 2));
    const ones = { w: tf.ones([3, 2]) };
    const { value, grads } = higherOrder(() =>
      tf.variableGrads(() => tf.sum(hessianVectorProduct(cubed, [w], ones).products['w']!), [w]),
    );
    const third = [...(await w.data())].map((x) => 2 * Math.exp(x));
    near(await values({ w: grads['w']! }), third, 2e-5);
    near([...(await value.data())], [third.reduce((a, x) => a + x, 0)], 1e-4);
  });

  it('works in a tidy, and leaks nothing, whether it succeeds or throws', () => {
    const v = vector(4);
    const before = tf.memory();
    const product = hessianVectorProduct(loss, [w, b], v);
    expect(tf.memory().numTensors - before.numTensors).toBe(5);
    tf.dispose([product.value, product.grads, product.products]);
    tf.tidy(() => void hessianVectorProduct(loss, [w, b], v));
    const throws = (): tf.Scalar => {
      tf.sum(tf.tanh(w));
      loss();
      throw new Error('on purpose');
    };
    expect(() => hessianVectorProduct(throws, [w, b], v)).toThrow('on purpose');
    expect(() => hessianVectorProduct(() => tf.sum(tf.cumprod(tf.tanh(w))), [w, b], v)).toThrow(
      'hessian: Cumprod cannot be differentiated',
    );
    expect(tf.memory().numTensors).toBe(before.numTensors);
    expect(tf.memory().numBytes).toBe(before.numBytes);
  });

  it('leaves every registry and the engine as they were, after success and after errors', () => {
    const before = globals();
    hessianVectorProduct(loss, [w, b], vector(4));
    expect(globals()).toEqual(before);
    expect(() => hessianVectorProduct(() => tf.sum(tf.cumprod(w)), [w, b], vector(4))).toThrow('Cumprod');
    expect(globals()).toEqual(before);
    const throws = (): never => {
      throw new Error('on purpose');
    };
    expect(() => higherOrder(throws)).toThrow('on purpose');
    expect(() => curvature(loss, [w, b], throws)).toThrow('on purpose');
    expect(() => curvature(loss, [w, b], throws, { method: 'differences' })).toThrow('on purpose');
    expect(globals()).toEqual(before);
  });

  it('refuses bad vectors, losses and variables', () => {
    const v = vector(4);
    const of =
      (vectors: object, f: () => tf.Tensor = loss) =>
      () =>
        hessianVectorProduct(f as () => tf.Scalar, [w, b], vectors as ByName);
    expect(of({ w: v.w })).toThrow(
      'hessianVectorProduct: vectors must have a float32 tensor of shape [2] for b, got none',
    );
    expect(of({ w: v.w, b: v.w })).toThrow('shape [2] for b, got float32 [3, 2]');
    expect(of({ w: v.w, b: tf.zeros([2], 'int32') })).toThrow('for b, got int32 [2]');
    expect(of({ ...v, c: v.w })).toThrow('a tensor for each variable and no others, got one for c');
    expect(of(v, () => tf.tanh(w))).toThrow(
      'f must return a scalar tensor, the loss, got a tensor of shape [3, 2]',
    );
    expect(of(v, () => undefined as unknown as tf.Tensor)).toThrow(
      'a scalar tensor, the loss, got undefined',
    );
    expect(() => hessianVectorProduct(loss, [w, w], { w: v.w })).toThrow(
      'variables must be one or more, each once',
    );
    expect(() => curvature(loss, [], () => [])).toThrow('curvature: variables must be one or more');
    expect(() => hessianVectorProduct(loss, [w, b], v, { method: 'guess' as 'exact' })).toThrow(
      "method must be one of 'exact', 'differences', got \"guess\"",
    );
    if (inject('backend') !== 'webgpu') {
      expect(of({ ...v, b: tf.tensor1d([1, NaN]) })).toThrow('vectors must be finite, got NaN or Infinity');
    }
  });

  it('takes the gradient somebody has given an operation', async () => {
    // A gradient that is turned round, and its derivative.
    const turned = tf.customGrad((x, save) => {
      (save as (tensors: tf.Tensor[]) => void)([x as tf.Tensor]);
      return { value: tf.exp(x as tf.Tensor), gradFunc: (dy, [x]) => tf.neg(tf.mul(dy, tf.exp(x!))) };
    });
    const { grads, products } = hessianVectorProduct(() => tf.sum(turned(w)), [w], { w: tf.ones([3, 2]) });
    const want = [...(await w.data())].map((x) => -Math.exp(x));
    near(await values({ w: grads['w']! }), want, 1e-5);
    near(await values({ w: products['w']! }), want, 1e-5);
  });

  it('names an operation whose gradient reads tensors back', () => {
    if (inject('backend') === 'webgpu') return;
    const reading = tf.customGrad((x, save) => {
      (save as (tensors: tf.Tensor[]) => void)([x as tf.Tensor]);
      const gradFunc = (dy: tf.Tensor, [x]: tf.Tensor[]): tf.Tensor =>
        tf.mul(
          dy,
          tf.tensor(
            [...x!.dataSync()].map((value) => 2 * value),
            x!.shape,
          ),
        );
      return { value: tf.square(x as tf.Tensor), gradFunc };
    });
    expect(() =>
      hessianVectorProduct(() => tf.tidy('mine', () => tf.sum(reading(w))), [w], { w: tf.ones([3, 2]) }),
    ).toThrow('mine cannot be differentiated twice: its gradient reads a tensor back');
  });
});

describe('curvature', () => {
  it('evaluates the loss once for many products', async () => {
    let evaluations = 0;
    const counted = (): tf.Scalar => {
      evaluations++;
      return tf.sum(tf.mul(tf.square(b), tf.tensor1d([1, 3])));
    };
    const rows = curvature(counted, [b], ({ product }) =>
      tf.stack(
        [
          [1, 0],
          [0, 1],
        ].map((unit) => product({ b: tf.tensor1d(unit) })['b']!),
      ),
    );
    expect([...(await rows.data())]).toEqual([2, 0, 0, 6]);
    expect(evaluations).toBe(1);
  });

  it('does not grow with the number of products', () => {
    const v = vector(4);
    curvature(loss, [w, b], ({ product }) => {
      const counts = Array.from({ length: 3 }, () => {
        tf.dispose(product(v));
        return tf.memory().numTensors;
      });
      expect(new Set(counts).size).toBe(1);
      return [];
    });
  });
});

describe('higherOrder', () => {
  it('makes tf.grad of tf.grad right', async () => {
    const x = tf.tensor1d([0.3, 0.8]);
    const second = (f: (x: tf.Tensor) => tf.Tensor): Promise<Float32Array> =>
      higherOrder(() => tf.grad(tf.grad((y) => tf.mul(y, f(y))))(x)).data() as Promise<Float32Array>;
    // The true numbers, where stock TensorFlow.js has 1.830, 1.118; 2.700, 4.451; 0.489, 0.428.
    near([...(await second(tf.tanh))], [1.67021, 0.52411], 2e-4);
    near([...(await second(tf.exp))], [3.104575, 6.231515], 2e-4);
    near([...(await second(tf.sigmoid))], [0.478, 0.36277], 2e-4);
  });

  it('returns what its function returns, and refuses promises', () => {
    expect(higherOrder(() => higherOrder(() => 7))).toBe(7);
    expect(() => higherOrder(() => Promise.resolve())).toThrow('higherOrder: fn must not be asynchronous');
  });
});
