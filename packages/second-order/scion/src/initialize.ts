// SPDX-License-Identifier: Apache-2.0
// Weights to begin with: on the border of the ball of each variable.

import { grouped, isArrayOf, isSchedule, outOfRange, show } from '@optim/core/authoring';
import { qr } from '@optim/linalg';
import { groupOf } from '@optim/options';
import * as tf from '@tensorflow/tfjs-core';
import { isNormalized, normOf, spectralFactor, vectorsOf, type Norm } from './norms.js';
import type { SCIONOptions } from './rule.js';
import { SCION } from './scion.js';

/** Reads checked options, defaults filled in. */
class Settled extends SCION {
  of({ parameterGroups }: SCIONOptions): (variable: tf.Variable) => Required<SCIONOptions> {
    const groups = grouped(this.settings);
    return (variable) => groups[groupOf(parameterGroups ?? [], variable)] as Required<SCIONOptions>;
  }
}

/** [..., rows, columns], each matrix with orthonormal rows or columns. */
async function orthogonal(shape: readonly number[], seed: number): Promise<tf.Tensor> {
  const [rows, columns] = shape.slice(-2) as [number, number];
  const wide = columns > rows;
  const tall = [...shape.slice(0, -2), Math.max(rows, columns), Math.min(rows, columns)];
  const drawn = tf.randomNormal(tall, 0, 1, 'float32', seed);
  const [Q, R] = await qr.async(drawn);
  tf.dispose([drawn, R!]);
  if (!wide) return Q!;
  const axes = [...shape.keys()];
  const turned = tf.transpose(Q!, [...axes.slice(0, -2), axes.length - 1, axes.length - 2]);
  Q!.dispose();
  return turned;
}

async function drawn(
  shape: number[],
  norm: Norm,
  options: Required<SCIONOptions>,
  seed: number,
): Promise<tf.Tensor> {
  const [fan = 1, out = 1] = shape.slice(-2);
  const normalized = isNormalized(norm, options.normalized);
  const normal = (): tf.Tensor => tf.randomNormal(shape, 0, 1, 'float32', seed);
  if (norm === 'spectral' || norm === 'spectralConv') {
    const positions = shape.slice(0, -2).reduce((product, length) => product * length, 1);
    const f =
      norm === 'spectral'
        ? spectralFactor(fan, out, normalized, options.atLeastOne)
        : Math.sqrt(out / fan) / positions;
    const Q = await orthogonal(shape, seed);
    const scaled = tf.mul(Q, f);
    Q.dispose();
    return scaled;
  }
  return tf.tidy(() => {
    if (norm === 'bias') return tf.zeros(shape);
    // A draw of 0 has a sign, too.
    if (norm === 'sign')
      return tf.div(tf.sub(1, tf.mul(2, tf.cast(tf.less(normal(), 0), 'float32'))), normalized ? fan : 1);
    const { axis, times } = vectorsOf(norm, [fan, out], { ...options, normalized });
    const x = normal();
    return tf.div(x, tf.mul(tf.sqrt(tf.mean(tf.square(x), axis, true)), times));
  });
}

/**
 * Gives variables random values on the border of their balls, where SCION's weights are to begin: orthogonal matrices for
 * `'spectral'`, one for each place of a kernel for `'spectralConv'`, normal numbers brought to the length for `'row'` and
 * `'column'`, signs for `'sign'`, zeros for `'bias'`; times the radius.
 *
 * @param variables - such as the trainable weights of a model
 * @param options - those that the optimizer is given: norms, radii and groups are read
 * @param seed - the same seed gives the same values for the same list
 * @throws RangeError or TypeError for wrong options, and for a norm that does not fit a variable, as a rejection; nothing has
 * changed then
 *
 * @example
 * ```ts
 * import { initializeSCION, SCION, type SCIONOptions } from '@optim/scion';
 * import * as tf from '@tensorflow/tfjs-core';
 *
 * const kernel = tf.variable(tf.zeros([64, 10]), true, 'head/kernel');
 * const options: SCIONOptions = { radius: 50, parameterGroups: [{ match: /head/, norm: 'sign', radius: 100 }] };
 * await initializeSCION([kernel], options, 1);
 * const optimizer = new SCION(options);
 * ```
 */
export async function initializeSCION(
  variables: readonly tf.Variable[],
  options: SCIONOptions = {},
  seed = 0,
): Promise<void> {
  if (!isArrayOf(variables, (each) => each instanceof tf.Variable))
    throw new TypeError(`initializeSCION: variables must be an array of variables, got ${show(variables)}`);
  if (!Number.isSafeInteger(seed)) throw outOfRange('initializeSCION', 'seed', 'an integer', seed);
  const optimizer = new Settled(options);
  const optionsOf = optimizer.of(options);
  optimizer.dispose();
  const chosen = variables.map((variable) => {
    const own = optionsOf(variable);
    return { variable, own, norm: normOf('initializeSCION', variable, own.norm) };
  });
  for (const [i, { variable, own, norm }] of chosen.entries()) {
    const { radius } = own;
    const u = await drawn(variable.shape, norm, own, seed + i);
    tf.tidy(() => variable.assign(tf.mul(u, isSchedule(radius) ? radius(0) : radius)));
    u.dispose();
  }
}
