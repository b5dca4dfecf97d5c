// SPDX-License-Identifier: Apache-2.0
// What golden trajectories start from and run on.

import * as tf from '@tensorflow/tfjs-core';
import inputs from '../golden/inputs.json' with { type: 'json' };

type Values = Record<string, number[]>;

/** The parameters every case starts from. Names are those of the golden file, which some rules look at. */
export function goldenVariables(): tf.Variable[] {
  return Object.entries(inputs.shapes).map(([name, shape]) =>
    variableOf(name, shape, inputs.parameters[name as keyof typeof inputs.parameters]),
  );
}

/** Gradients of step `t`, from 1. */
export function goldenGradients(t: number): { name: string; tensor: tf.Tensor }[] {
  return goldenTensors(inputs.gradients[t - 1]!);
}

/** Diagonals of the Hessian in step `t`, from 1, plus a number. */
export function goldenDiagonals(t: number, offset = 0): { name: string; tensor: tf.Tensor }[] {
  const step = Object.entries(inputs.hessianDiagonals[t - 1]!);
  return goldenTensors(Object.fromEntries(step.map(([name, of]) => [name, of.map((h) => h + offset)])));
}

/** What a golden file lists for the parameters, as tensors. */
export function goldenTensors(values: Readonly<Values>): { name: string; tensor: tf.Tensor }[] {
  return Object.entries(inputs.shapes).map(([name, shape]) => ({
    name,
    tensor: tf.tensor(values[name]!, shape),
  }));
}

/**
 * 1 − cos x and its gradient, to float32 precision for |x| up to about 10. The sine and cosine of GPUs are not: their
 * standards allow an absolute error of 2⁻¹¹.
 */
function oneMinusCos(x: tf.Tensor): tf.Tensor {
  const y = tf.square(tf.div(x, 8));
  const terms = [1 / 3628800, -1 / 40320, 1 / 720, -1 / 24, 1 / 2];
  let v = tf.mul(
    terms.reduce<tf.Tensor>((sum, term) => tf.add(tf.mul(sum, y), term), tf.scalar(0)),
    y,
  );
  // 1 − cos 2a = 2v(2 − v) where v = 1 − cos a.
  for (let i = 0; i < 3; i++) v = tf.mul(tf.mul(v, 2), tf.sub(2, v));
  return v;
}

/** What an objective is made of: for every parameter, by name, the widths and the places of its bowls. */
export interface Coefficients {
  readonly a: Readonly<Values>;
  readonly c: Readonly<Values>;
  readonly ripple: number;
}

/** Σ ½a(p − c)² + ripple·(1 − cos 3p) over all elements of the parameters that coefficients are given for. */
export function bowls(variables: readonly tf.Variable[], { a, c, ripple }: Coefficients): tf.Scalar {
  const parts = variables.flatMap((p) => {
    if (!(p.name in a)) return [];
    const away = tf.square(tf.sub(p, tf.tensor(c[p.name]!, p.shape)));
    const bowl = tf.mul(tf.mul(away, tf.tensor(a[p.name]!, p.shape)), 0.5);
    const waves = tf.mul(oneMinusCos(tf.mul(p, 3)), ripple);
    return [tf.sum(tf.add(bowl, waves)) as tf.Scalar];
  });
  return tf.addN(parts) as tf.Scalar;
}

/** The objective of golden files, a sum of {@link bowls}. */
export function goldenObjective(variables: readonly tf.Variable[]): tf.Scalar {
  const { coefficients } = inputs.objective;
  const of = (key: 'a' | 'c'): Values =>
    Object.fromEntries(Object.entries(coefficients).map(([name, each]) => [name, each[key]]));
  return bowls(variables, { a: of('a'), c: of('c'), ripple: 0.1 });
}

/** What the modes that bring variables of their own say about them. */
interface Own {
  readonly start?: readonly number[];
  readonly model?: { readonly shapes: Readonly<Values>; readonly weights: Readonly<Values> };
}

/** The variables of a case: those every case starts from, unless it has its own. */
export function variablesOf(golden: { readonly mode: string }): tf.Variable[] {
  const { start, model } = golden as Own;
  if (golden.mode === 'function') return [variableOf('x', [start!.length], start!)];
  if (golden.mode !== 'residuals') return goldenVariables();
  return Object.entries(model!.shapes).map(([name, shape]) => variableOf(name, shape, model!.weights[name]!));
}

function variableOf(name: string, shape: number[], values: readonly number[]): tf.Variable {
  return tf.tidy(() => tf.variable(tf.tensor([...values], shape), true, name));
}

/** Σ 100·(x[i + 1] − x[i]²)² + (1 − x[i])². */
export function rosenbrock(x: tf.Tensor): tf.Scalar {
  const [here, next] = [tf.slice(x, [0], [x.size - 1]), tf.slice(x, [1], [x.size - 1])];
  const valley = tf.mul(tf.square(tf.sub(next, tf.square(here))), 100);
  return tf.sum(tf.add(valley, tf.square(tf.sub(1, here))));
}

/** The loss that a case minimizes. */
export function objectiveOf(golden: { readonly mode: string }, variables: readonly tf.Variable[]): tf.Scalar {
  return golden.mode === 'function' ? rosenbrock(variables[0]!) : goldenObjective(variables);
}
