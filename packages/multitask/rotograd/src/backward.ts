// SPDX-License-Identifier: Apache-2.0
// What becomes of the gradients of tasks on the way back into the backbone.

import type { Parameter } from '@optim/core/authoring';
import * as tf from '@tensorflow/tfjs-core';
import {
  balanced,
  commonDirection,
  equalized,
  rotationGradient,
  rotationOf,
  sizeOf,
  sumOf,
} from './homogenize.js';
import type { RotoGradOptions, Tasks } from './options.js';

/** A loss, its gradient at the features it was given, and those of variables by name. */
export interface Differentiated {
  readonly loss: tf.Scalar;
  readonly at: tf.Tensor;
  readonly grads: tf.NamedTensorMap;
}

/** What the way back finds besides Z; all of it is kept (`tf.keep`). */
export interface Found {
  readonly losses: tf.Scalar[];
  /** Gradients of heads by variable. */
  readonly heads: tf.NamedTensorMap;
  /** Gradients of rotations and ω by variable. */
  readonly learned: tf.NamedTensorMap;
  /** Losses and sizes to compare with from now on; none in most steps. */
  readonly references: { readonly loss: tf.Tensor; readonly size: tf.Tensor }[];
}

export const nothing = (): Found => ({ losses: [], heads: {}, learned: {}, references: [] });

/** Frees all of it; not the losses where they are handed on. */
export function release({ losses, heads, learned, references }: Found, handsOn: boolean): void {
  tf.dispose([heads, learned, references.map(({ loss, size }) => [loss, size])]);
  if (!handsOn) tf.dispose(losses);
}

/** Where RotoGrad is. */
export interface Scene {
  readonly settings: Required<RotoGradOptions>;
  /** Of the rotations. */
  readonly parameters: readonly Parameter[];
  readonly omega: tf.Variable | undefined;
  /** Whether later steps are compared with this one. */
  readonly compares: boolean;
  readonly differentiate: (f: Tasks['losses'][number], features: tf.Tensor2D) => Differentiated;
}

/** Adds up gradients by variable, and keeps them. */
function collect(into: tf.NamedTensorMap, gradients: readonly (readonly [string, tf.Tensor])[]): void {
  for (const [name, gradient] of gradients) {
    const before = into[name];
    into[name] = tf.keep(before ? tf.add(before, gradient) : tf.clone(gradient));
    before?.dispose();
  }
}

/** @throws RangeError for a loss of 0, which others would be divided by; webgpu cannot be asked */
function assertReference(loss: tf.Scalar, task: number): void {
  if (tf.getBackend() === 'webgpu' || loss.dataSync()[0] !== 0) return;
  throw new RangeError(`RotoGrad: the loss of task ${task} must not be 0 where others are divided by it`);
}

/** What is known of a task at the features. */
interface Task {
  readonly parameter: Parameter;
  readonly loss: tf.Tensor;
  readonly firstLoss: tf.Tensor;
  /** g̃ and g. */
  readonly turned: tf.Tensor;
  readonly gradient: tf.Tensor;
  readonly size: tf.Tensor;
  readonly firstSize: tf.Tensor;
}

function taskAt(z: tf.Tensor2D, f: Tasks['losses'][number], k: number, scene: Scene, found: Found): Task {
  const { compares, settings } = scene;
  const { method, normalizeLosses } = settings;
  const parameter = scene.parameters[k]!;
  const { variable, slots } = parameter;
  const r = method === 'VanillaMTL' ? null : rotationOf(variable, slots['start']!, z.shape[1]);
  const { loss, at, grads } = scene.differentiate(f, r ? tf.matMul(z, r, false, true) : z);
  found.losses.push(tf.keep(loss));
  if (compares && (normalizeLosses || method === 'RotoGradNorm')) assertReference(loss, k);
  const firstLoss = compares ? loss : slots['loss']!;
  const scaled = (x: tf.Tensor): tf.Tensor => (normalizeLosses ? tf.div(x, firstLoss) : x);
  collect(
    found.heads,
    Object.entries(grads).map(([name, gradient]) => [name, scaled(gradient)]),
  );
  const turned = scaled(at);
  const gradient = r ? tf.matMul(turned as tf.Tensor2D, r) : turned;
  const size = tf.maximum(sizeOf(gradient), 1e-15);
  if (compares) found.references.push({ loss: tf.keep(tf.clone(loss)), size: tf.keep(tf.clone(size)) });
  return { parameter, loss, firstLoss, turned, gradient, size, firstSize: compares ? size : slots['size']! };
}

/** Z at features, the gradient that the backbone is given. */
export function handedBack(z: tf.Tensor2D, losses: Tasks['losses'], scene: Scene, found: Found): tf.Tensor {
  const { omega, settings } = scene;
  const tasks = losses.map((f, k) => taskAt(z, f, k, scene, found));
  const gradients = tasks.map(({ gradient }) => gradient);
  if (settings.method !== 'VanillaMTL') {
    const direction = commonDirection(gradients);
    collect(
      found.learned,
      tasks.map(({ parameter: { variable, slots }, turned }) => [
        variable.name,
        rotationGradient(variable, slots['start']!, direction, turned),
      ]),
    );
  }
  if (settings.method === 'RotoGrad') {
    const first = tasks.map(({ firstSize }) => firstSize);
    const sizes = tasks.map(({ size }) => size);
    return equalized(gradients, sizes, first);
  }
  if (!omega) return sumOf(gradients);
  const progress = tasks.map(({ loss, firstLoss }) => tf.div(loss, firstLoss));
  const balance = balanced(gradients, omega, progress, settings.alpha!);
  collect(found.learned, [[omega.name, balance.gradient]]);
  return balance.handedBack;
}

/** Sums of gradients of one name; one that is missing is nothing. */
export function summed(...all: readonly tf.NamedTensorMap[]): tf.NamedTensorMap {
  const sums: tf.NamedTensorMap = {};
  for (const [name, gradient] of all.flatMap((each) => Object.entries(each)))
    if (gradient != null) sums[name] = sums[name] ? tf.add(sums[name], gradient) : gradient;
  return sums;
}
