// SPDX-License-Identifier: Apache-2.0
// The authors' trajectories.

import { RotoGrad, type RotoGradOptions, type Tasks } from '@optim/rotograd';
import { expectClose, tolerance, withOps } from '@optim/testing';
import golden from '@optim/testing/golden/RotoGrad.json' with { type: 'json' };
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, inject, it } from 'vitest';

interface Numbers {
  readonly shape: number[];
  readonly values: number[];
}

interface Model {
  readonly x: Numbers;
  readonly backboneKernel: Numbers;
  readonly backboneBias: Numbers;
  readonly headKernels: readonly Numbers[];
  readonly headBiases: readonly Numbers[];
  readonly targets: readonly Numbers[];
  readonly initialRotations: readonly Numbers[] | null;
  readonly optimizer: {
    readonly model: { learningRate: number };
    readonly rotations: { learningRate: number } | null;
  };
}

type Values = Readonly<Record<string, number[]>>;

interface Case {
  readonly name: string;
  readonly options: RotoGradOptions;
  readonly float32Deviation: number;
  readonly model: Model;
  readonly firstStep: {
    readonly backboneKernelGradient: Numbers;
    readonly rotationParameterGradients: readonly Numbers[] | null;
  };
  readonly trajectory: Readonly<Record<string, Values>>;
}

const rowsOf = ({ shape, values }: Numbers): number[][] =>
  Array.from({ length: shape[0]! }, (_, i) => values.slice(i * shape[1]!, (i + 1) * shape[1]!));

/** Keeps the gradients of its first step. */
class Descent extends tf.SGDOptimizer {
  first: tf.NamedTensorMap | undefined;

  override applyGradients(gradients: tf.NamedTensorMap | { name: string; tensor: tf.Tensor }[]): void {
    const named = Array.isArray(gradients)
      ? gradients.map(({ name, tensor }) => [name, tensor] as const)
      : Object.entries(gradients);
    this.first ??= Object.fromEntries(named.map(([name, tensor]) => [name, tf.keep(tf.clone(tensor))]));
    super.applyGradients(gradients);
  }

  override dispose(): void {
    super.dispose();
    tf.dispose(this.first ?? {});
  }
}

async function follow({ options, model, trajectory, firstStep, float32Deviation }: Case): Promise<void> {
  const variable = ({ shape, values }: Numbers, name: string): tf.Variable =>
    tf.tidy(() => tf.variable(tf.tensor(values, shape), true, name));
  const variables: Record<string, tf.Variable> = {
    backboneKernel: variable(model.backboneKernel, 'backboneKernel'),
    backboneBias: variable(model.backboneBias, 'backboneBias'),
  };
  model.headKernels.forEach((kernel, k) => {
    variables[`headKernel${k}`] = variable(kernel, `headKernel${k}`);
    variables[`headBias${k}`] = variable(model.headBiases[k]!, `headBias${k}`);
  });
  const { initialRotations: rotations, optimizer: rates } = model;
  const base = new Descent(rates.model.learningRate);
  const turning = rates.rotations && new Descent(rates.rotations.learningRate);
  const all = { ...options, ...(rotations && { initialRotations: rotations.map(rowsOf) }) };
  const optimizer = new RotoGrad(base, all, turning);
  const tensor = ({ values, shape }: Numbers): tf.Tensor2D => tf.tensor2d(values, shape as [number, number]);
  const tasks: Tasks = {
    features: () =>
      tf.add(
        tf.matMul(tensor(model.x), variables['backboneKernel'] as tf.Tensor2D),
        variables['backboneBias']!,
      ),
    losses: model.targets.map((target, k) => (features) => {
      const out = tf.add(
        tf.matMul(features, variables[`headKernel${k}`] as tf.Tensor2D),
        variables[`headBias${k}`]!,
      );
      return tf.mean(tf.squaredDifference(out, tensor(target)));
    }),
  };
  const tol = tolerance({ float32Deviation });
  for (let t = 1; t <= 20; t++) {
    const losses = optimizer.minimize(tasks, true, t % 2 ? Object.values(variables) : undefined)!;
    const wanted = trajectory[t];
    const numbers = await Promise.all(losses.map(async (loss) => (await loss.data())[0]!));
    tf.dispose(losses);
    if (!wanted) continue;
    for (const [name, want] of Object.entries(wanted)) {
      const what = `step ${t}, ${name}`;
      if (name === 'losses') expectClose(what, numbers, want, tol);
      else if (name === 'taskWeights') expectClose(what, await taskWeights(optimizer), want, tol);
      else if (name.startsWith('rotation')) {
        const d = Math.sqrt(want.length);
        const rotated = tf.tidy(() => tf.transpose(optimizer.rotate(tf.eye(d), Number(name.slice(8)))));
        expectClose(what, await rotated.data(), want, tol);
        rotated.dispose();
      } else expectClose(what, await variables[name]!.data(), want, tol);
    }
  }
  const { backboneKernelGradient, rotationParameterGradients } = firstStep;
  const gradient = await base.first!['backboneKernel']!.data();
  expectClose('first gradient of the backbone', gradient, backboneKernelGradient.values, tol);
  const ofRotations = await Promise.all(Object.values(turning?.first ?? {}).map((each) => each.data()));
  rotationParameterGradients?.forEach(({ values }, k) =>
    expectClose(`first gradient of rotation ${k}`, ofRotations[k]!, values, tol),
  );
  tf.dispose(variables);
  optimizer.dispose();
}

async function taskWeights(optimizer: RotoGrad): Promise<number[]> {
  const { parameters } = await optimizer.stateDict();
  const { data } = parameters.find(({ shape }) => shape!.length === 1)!.slots['value']!;
  const weights = Array.from(data, Math.exp);
  const sum = weights.reduce((all, weight) => all + weight);
  return weights.map((weight) => (weights.length * weight) / sum);
}

describe('RotoGrad: golden', () => {
  const cases = golden.cases as unknown as Case[];
  // A step is some hundred kernels, for which software rendering takes long: one case there shows what webgl shows in all.
  it.each(inject('backend') === 'webgpu' ? cases.slice(0, 1) : cases)('$name', follow);

  it('has all four methods', () => {
    const methods = new Set(cases.map(({ options }) => options.method));
    expect(methods).toEqual(new Set(['RotateOnly', 'RotoGrad', 'RotoGradNorm', 'VanillaMTL']));
  });

  it(`${cases[0]!.name}, with plain ops`, () => withOps(() => follow(cases[0]!)));
});
