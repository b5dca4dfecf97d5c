// SPDX-License-Identifier: Apache-2.0
// Runs the golden files of hooks: what becomes of a gradient.

import {
  hyper,
  Optimizer,
  commonOptions,
  type Hook,
  type OptimizerOptions,
  type OptionTable,
  type Results,
  type Tensors,
} from '@optim/core';
import * as tf from '@tensorflow/tfjs-core';
import { describe, it } from 'vitest';
import { expectClose, goldenGradients, goldenVariables, tolerance, type GoldenFile } from './golden.js';

/** One case of a golden file of mode `plugin` whose result is the gradient. */
interface HookCase {
  readonly name: string;
  readonly options: Record<string, unknown>;
  readonly float32Deviation: number;
  readonly output: Record<string, Record<string, number[]>>;
}

/** Puts the gradient it is given into the parameter, where it can be read. */
class Probe extends Optimizer {
  static get className(): string {
    return 'Probe';
  }

  static override readonly options: OptionTable<OptimizerOptions> = {
    learningRate: hyper('[0, ∞)', 1),
    ...commonOptions(),
  };

  protected override update({ grad }: Tensors): Results {
    return { param: grad };
  }
}

/**
 * A test per case of the golden file of a hook on gradients.
 *
 * @param file - the golden file
 * @param make - the hook from the options of a case
 */
export function goldenHookSuite(file: GoldenFile, make: (options: Record<string, unknown>) => Hook): void {
  describe(`${file.algorithm}: golden`, () => {
    for (const golden of file.cases as readonly HookCase[]) {
      it(`${golden.name} (within ${tolerance(golden).toExponential(1)})`, async () => {
        const variables = goldenVariables();
        const probe = new Probe({ transforms: [make(golden.options)] });
        for (const [step, want] of Object.entries(golden.output)) {
          const gradients = goldenGradients(Number(step));
          probe.applyGradients(gradients);
          for (const variable of variables) {
            const what = `step ${step}, ${variable.name}`;
            expectClose(what, await variable.data(), want[variable.name]!, tolerance(golden));
          }
          tf.dispose(gradients);
        }
        probe.dispose();
        tf.dispose(variables);
      });
    }
  });
}
