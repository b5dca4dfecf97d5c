// SPDX-License-Identifier: Apache-2.0

import type { BaseOptimizer } from '@optim/core';
import * as tf from '@tensorflow/tfjs-core';
import { goldenObjective } from './golden-inputs.js';
import type { GoldenExtras } from './golden.js';

/** For an optimizer that needs the loss: where gradients are given, it is the objective at the current parameters. */
export function withGivenLoss(): GoldenExtras<BaseOptimizer> {
  let seen: readonly tf.Variable[] = [];
  return {
    start: (_optimizer, _golden, variables) => {
      seen = variables;
    },
    apply: (optimizer, gradients) =>
      tf.tidy(() => optimizer.applyGradients(gradients, goldenObjective(seen))),
  };
}
