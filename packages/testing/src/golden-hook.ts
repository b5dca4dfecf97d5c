// SPDX-License-Identifier: Apache-2.0
// Runs the golden files of hooks alone: what they do to a gradient, a parameter or a step.

import {
  commonOptions,
  filled,
  hyper,
  Optimizer,
  type Hook,
  type OptimizerOptions,
  type Rule,
} from '@optim/core/authoring';
import * as tf from '@tensorflow/tfjs-core';
import { describe, it } from 'vitest';
import inputs from '../golden/inputs.json' with { type: 'json' };
import { goldenVariables } from './golden-inputs.js';
import { expectClose, tolerance, type GoldenFile } from './golden.js';

type Values = Record<string, number[]>;

/** One case of a golden file of mode `plugin`; golden/README.md says what each field means. */
interface HookCase {
  readonly name: string;
  readonly mode: string;
  readonly options: Record<string, unknown>;
  readonly inputs: Readonly<Record<string, string>>;
  readonly result: string;
  readonly keys: 'step' | 'applications';
  readonly float32Deviation: number;
  readonly output: Record<string, Values>;
}

/** Where an argument of a hook comes from, at step `t` from 1. */
const sources: Readonly<Record<string, (t: number) => Values>> = {
  parameters: () => inputs.parameters,
  gradients: (t) => inputs.gradients[t - 1]!,
  'next gradients': (t) => inputs.gradients[t]!,
  'absolute gradients': (t) =>
    Object.fromEntries(
      Object.entries(inputs.gradients[t - 1]!).map(([name, values]) => [name, values.map(Math.abs)]),
    ),
  hessianDiagonals: (t) => inputs.hessianDiagonals[t - 1]!,
};

/** What a hook may be given besides gradient and parameter. */
interface Given {
  readonly update?: Values;
  readonly secondMoment?: Values;
}

/** An optimizer whose parameter shows what a hook did. */
function probe(result: string, given: Given, options: OptimizerOptions): Optimizer {
  const slots = Object.entries(given as Record<string, Values>).map(([name, values]) => [
    name,
    filled((variable) => values[variable.name]!),
  ]);
  class Probe extends Optimizer {
    static readonly className: string = 'Probe';

    static override readonly rule: Rule<OptimizerOptions, 'update' | 'secondMoment'> = {
      options: { learningRate: hyper('[0, ∞)', 1), ...commonOptions() },
      slots: () => Object.fromEntries(slots),
      secondMoment: ({ secondMoment }) => secondMoment,
      update({ param, grad, update }) {
        if (result === 'gradient') return { param: grad };
        return { param: update ? param.sub(update) : param };
      },
    };
  }
  return new Probe(options);
}

/**
 * A test per case of the golden file of a hook, of mode `plugin`.
 *
 * @param file - the golden file
 * @param make - the hook from the options of a case, but for `learningRate`, which the optimizer has
 */
export function goldenHookSuite(file: GoldenFile, make: (options: Record<string, unknown>) => Hook): void {
  describe(`${file.algorithm}: golden`, () => {
    for (const golden of (file.cases as readonly HookCase[]).filter(({ mode }) => mode === 'plugin')) {
      it(`${golden.name} (within ${tolerance(golden).toExponential(1)})`, async () => {
        for (const [key, want] of Object.entries(golden.output)) await check(golden, make, Number(key), want);
      });
    }
  });
}

async function check(
  golden: HookCase,
  make: (options: Record<string, unknown>) => Hook,
  key: number,
  want: Values,
): Promise<void> {
  const { learningRate = 1, ...options } = golden.options;
  const [step, applications] = golden.keys === 'step' ? [key, 1] : [1, key];
  // A denominator is transformed as a gradient is.
  const { parameter, gradient, denominator = gradient, ...others } = golden.inputs;
  const given = Object.fromEntries(
    Object.entries(others).map(([name, source]) => [name, sources[source]!(step)]),
  );
  const result = golden.result === 'denominator' ? 'gradient' : golden.result;
  const optimizer = probe(result, given, {
    learningRate: learningRate as number,
    transforms: [make(options)],
  });
  const variables = goldenVariables();
  // A step from zero shows itself, with the other sign.
  if (!parameter) for (const variable of variables) tf.tidy(() => variable.assign(tf.zerosLike(variable)));
  const gradients = tf.tidy(() => {
    const values = denominator === undefined ? null : sources[denominator]!(step);
    return variables.map((variable) => {
      const { name, shape } = variable;
      return { name, tensor: values ? tf.tensor(values[name]!, shape) : tf.zerosLike(variable) };
    });
  });
  for (let i = 0; i < applications; i++) optimizer.applyGradients(gradients);
  for (const variable of variables) {
    const got = Array.from(await variable.data(), (x) => (result === 'update' ? -x : x));
    expectClose(`${golden.keys} ${key}, ${variable.name}`, got, want[variable.name]!, tolerance(golden));
  }
  optimizer.dispose();
  tf.dispose([variables, gradients]);
}
