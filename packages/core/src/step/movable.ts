// SPDX-License-Identifier: Apache-2.0

import * as tf from '@tensorflow/tfjs-core';
import type { Parameter } from '../state/parameters.js';
import type { Engine } from './engine.js';

/**
 * All parameters of an optimizer whose variables are about to move.
 *
 * @param variables - to be adopted first: an engine that has just taken over a state knows none
 * @param step - number of steps done before
 * @throws Error where there are none
 */
export function movable(
  owner: string,
  engine: Engine,
  variables: readonly tf.Variable[],
  step: number,
): Parameter[] {
  tf.tidy(() => void engine.adopt(variables, step));
  const parameters = engine.state.ordered();
  if (parameters.length > 0) return parameters;
  throw new Error(`${owner}: no variable has been seen since the state was loaded; pass the variables`);
}
