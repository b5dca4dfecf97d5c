// SPDX-License-Identifier: Apache-2.0
// Update rules of several structures, and parameters to run them on.

import * as tf from '@tensorflow/tfjs-core';
import {
  sizeOf,
  trace,
  where,
  type Expression,
  type Kernel,
  type Program,
  type Rule,
  type Shape,
} from '../src/index.js';

const ema = (old: Expression, value: Expression, beta: Expression): Expression =>
  old.mul(beta).add(value.mul(beta.neg().add(1)));

/** Elementwise; reads and replaces three tensors. */
export const adaBelief: Rule = ({ param, grad, m, s }, { lr, beta1, beta2, epsilon }) => {
  const m1 = ema(m!, grad!, beta1!);
  const s1 = ema(s!, grad!.sub(m1).square(), beta2!).add(epsilon!);
  return { m: m1, s: s1, param: param!.sub(m1.mul(lr!).div(s1.sqrt().add(epsilon!))) };
};

/** Elementwise, with decoupled decay. */
export const adamW: Rule = ({ param, grad, m, s }, { lr, beta1, beta2, epsilon }) => {
  const m1 = ema(m!, grad!, beta1!);
  const s1 = ema(s!, grad!.square(), beta2!);
  return {
    m: m1,
    s: s1,
    param: param!.mul(lr!.mul(-0.01).add(1)).sub(m1.mul(lr!).div(s1.sqrt().add(epsilon!))),
  };
};

/** Two phases: the norms of the parameter and of its update, then the step. */
export const lamb: Rule = (tensors, scalars) => {
  const { param: next, ...slots } = adaBelief(tensors, scalars);
  const { param } = tensors;
  const update = param!.sub(next!);
  const ratio = where(param!.norm().greater(0), param!.norm().div(update.norm().add(1e-6)), 1);
  return { ...slots, param: param!.sub(update.mul(ratio.minimum(10))) };
};

/** Sums over rows and columns of a matrix, and outputs of three shapes. */
export const factored: Rule = ({ param, grad, row, column }, { lr, beta1, epsilon }) => {
  const row1 = ema(row!, grad!.square().mean([1]), beta1!);
  const column1 = ema(column!, grad!.square().mean([0]), beta1!);
  const scale = row1
    .mul(column1)
    .div(row1.mean([0]))
    .sqrt()
    .add(epsilon!);
  return { row: row1, column: column1, param: param!.sub(grad!.div(scale).mul(lr!)) };
};

/** Elements that look random. */
export function elements(size: number, seed: number): Float32Array {
  return Float32Array.from({ length: size }, (_, i) => 2 * Math.sin(i * 1.7 + seed));
}

export function tensor(shape: Shape, seed: number): tf.Tensor {
  return tf.tensor(elements(sizeOf(shape), seed), [...shape], 'float32');
}

/** A parameter of some shape with what a rule keeps for it. */
export class Trained {
  readonly program: Program;
  readonly tensors: tf.Tensor[];
  private steps = 0;

  constructor(name: string, rule: Rule, shape: Shape) {
    const [rows, columns] = shape;
    const shapes: Record<string, Shape> =
      rule === factored
        ? { param: shape, grad: shape, row: [rows!, 1], column: [1, columns!] }
        : { param: shape, grad: shape, m: shape, s: shape };
    this.program = trace(name, shapes, ['lr', 'beta1', 'beta2', 'epsilon'], rule);
    this.tensors = this.program.inputs.map((at) => {
      const { name, shape } = this.program.nodes[at]!;
      return name === 'param' ? tensor(shape, 0) : tf.zeros([...shape]);
    });
  }

  /** Place of an input by name. */
  at(name: string): number {
    return this.program.inputs.findIndex((at) => this.program.nodes[at]!.name === name);
  }

  /** One step with a gradient and a learning rate of its own; returns what the kernel gave. */
  step(kernel: Kernel): tf.Tensor[] {
    this.put(
      this.at('grad'),
      tensor(this.program.nodes[this.program.inputs[this.at('grad')]!]!.shape, ++this.steps),
    );
    const numbers: Record<string, number> = { lr: 0.1 / this.steps, beta1: 0.9, beta2: 0.999, epsilon: 1e-3 };
    const outputs = kernel.run(
      this.tensors,
      this.program.scalars.map((name) => numbers[name]!),
    );
    outputs.forEach((output, i) => this.put(this.program.outputs[i]!.replaces, output));
    return outputs;
  }

  /** All tensors but the gradient. */
  async state(): Promise<number[][]> {
    const kept = this.tensors.filter((_, at) => at !== this.at('grad'));
    return Promise.all(kept.map(async (tensor) => [...(await tensor.data())]));
  }

  dispose(): void {
    tf.dispose(this.tensors);
  }

  private put(at: number, value: tf.Tensor): void {
    const old = this.tensors[at]!;
    this.tensors[at] = value;
    if (old !== value) old.dispose();
  }
}
