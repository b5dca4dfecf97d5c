// SPDX-License-Identifier: Apache-2.0
// Functions of matrices, and derivatives of losses, with anything in place of each of their arguments and options.

import * as hessian from '../../../packages/hessian/src/index.js';
import * as linalg from '../../../packages/linalg/src/index.js';
import * as tf from '@tensorflow/tfjs-core';
import { hostile } from '../hostile.js';
import type { Judge } from '../judge.js';
import type { Random } from '../random.js';

type Given = (...given: unknown[]) => unknown;

/** A function with arguments that are right; the last of them may be options. */
type Right = readonly [name: string, call: Given, given: readonly unknown[]];

function ofMatrices(): Right[] {
  const x = tf.eye(3);
  const a = linalg.matrix(2, 2, [2, 1, 1, 2]);
  const shape = [2, 3, 4];
  const functions: Readonly<Record<string, readonly unknown[]>> = {
    aroundAxis: [shape, 1],
    blocksOf: [shape, 2],
    cholesky: [x, {}],
    coupledNewtonRoot: [x, { power: 2, ridge: 0.1, relativeRidge: 0, iterations: 3 }],
    eigh: [x, {}],
    hostCholesky: [a],
    hostEigh: [a],
    hostInverseRoot: [a, { power: 2, ridge: 0.1, relativeRidge: 0 }],
    hostQR: [a, { complete: true }],
    hostSolve: [a, a],
    hostTriangularSolve: [a, a, { lower: true, transposed: false }],
    inverseCholesky: [x, 3],
    inverseRoot: [x, { power: 2, ridge: 0.1, relativeRidge: 0 }],
    isTriple: [[1, 2, 3]],
    jacobi: [x, 2],
    largestEigenvalue: [x, 2],
    matrix: [2, 2, [1, 2, 3, 4]],
    matrixExponential: [x, 2],
    matrixShape: [shape],
    mergeAxesUpTo: [shape, 4],
    mergeSmallAxes: [shape, 4],
    newtonSchulz: [x, { coefficients: 'original', steps: 2, epsilon: 1e-7 }],
    newtonSchulzSteps: [[[1, 2, 3]], 2],
    orthonormalize: [x, 3],
    qr: [x, { complete: true }],
    triangularInverse: [x, true],
    triangularSolve: [[x, x], { lower: true, transposed: false }],
  };
  const all: ReadonlyMap<string, unknown> = new Map(Object.entries(linalg));
  const missing = [...all].flatMap(([name, value]) =>
    typeof value === 'function' && !(name in functions) ? [name] : [],
  );
  if (missing.length > 0) throw new Error(`attack: no arguments for ${missing.join(', ')}`);
  return Object.entries(functions).flatMap(([name, given]): Right[] => {
    const call = all.get(name) as Given & { async?: Given; shapes?: Given };
    const shapes = (given[0] as unknown[]).length === 2 ? [[3, 3], [3, 3]] : [[3, 3]]; // prettier-ignore
    return [
      [name, call, given],
      ...(call.async ? [[name, call.async, given] as const] : []),
      ...(call.shapes ? [[name, call.shapes, [shapes, given[1]]] as const] : []),
    ];
  });
}

function ofLosses(w: tf.Variable): Right[] {
  const loss = (): tf.Scalar => tf.sum(tf.square(w));
  const v = tf.ones([2]);
  const curvature = { method: 'exact', left: [] };
  const probe = { distribution: 'normal', seed: 1, step: 2 };
  const differentiated: Given = (f, argument, ...xs) =>
    hessian.derivative(f as never, argument as never)(...(xs as tf.Tensor[]));
  return [
    ['curvature', hessian.curvature as Given, [loss, [w], () => [], curvature]],
    ['curvature', ((given: hessian.ByName) => hessian.curvature(loss, [w], ({ product }) => product(given))) as Given, [{ w: v }]],
    ['derivative', differentiated, [(x: tf.Tensor) => tf.square(x), 0, v]],
    ['hessianVectorProduct', hessian.hessianVectorProduct as Given, [loss, [w], { w: v }, curvature]],
    ['hutchinsonDiagonal', hessian.hutchinsonDiagonal as Given, [loss, [w], { ...curvature, ...probe, probes: 2 }]],
    ['randomProbe', hessian.randomProbe as Given, [[w], probe]],
    ['higherOrder', hessian.higherOrder as Given, [() => v]],
  ]; // prettier-ignore
}

/** Each argument, each element of a list and each option, replaced. */
function* replaced([name, call, given]: Right): Generator<
  readonly [name: string, what: string, call: () => unknown]
> {
  const called = (at: number, value: unknown) => () =>
    call(...given.map((each, i) => (i === at ? value : each)));
  for (const [what, value] of hostile())
    for (const [at, own] of given.entries()) {
      if (typeof own === 'function' && /class/.test(what)) continue; // a function, if a strange one
      // What `use` gives, TensorFlow.js walks through.
      if (typeof own === 'function' && at !== 2)
        yield [name, `argument ${at} gives ${what}`, called(at, () => value)];
      yield [name, `argument ${at}: ${what}`, called(at, value)];
      if (Array.isArray(own))
        yield [name, `in argument ${at}: ${what}`, called(at, [...own.slice(1), value])];
      if (Object.getPrototypeOf(own) === Object.prototype)
        for (const key of Object.keys(own as object))
          yield [name, `argument ${at}, ${key}: ${what}`, called(at, { ...(own as object), [key]: value })];
    }
}

/** What a call gave, whole or half, is freed by the scope; names of bases are not among the errors. */
export async function attackMathematics(judge: Judge, random: Random, tries: number): Promise<void> {
  tf.engine().startScope();
  const w = tf.variable(tf.ones([2]), true, 'w');
  for (const [attack, right] of [
    ['linalg', ofMatrices()],
    ['hessian', ofLosses(w)],
  ] as const) {
    const calls = right.flatMap((each) => [...replaced(each)]);
    for (const [name, what, call] of random.some(calls, tries)) {
      tf.engine().startScope();
      await judge.judge({
        attack,
        what: `${name}: ${what}`,
        names: [name, ...(attack === 'linalg' ? ['newtonSchulzSteps'] : ['higherOrder'])],
        seen: () => [...w.dataSync()],
        call: async () => {
          tf.engine().startScope();
          try {
            await call();
          } finally {
            tf.engine().endScope();
          }
        },
      });
      tf.engine().endScope();
    }
  }
  tf.engine().endScope();
  w.dispose();
}
