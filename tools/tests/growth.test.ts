// SPDX-License-Identifier: Apache-2.0
// What classes hold that keep more than moments or evaluate a loss more than once: as much after 2,000 steps as after 20.

import { LevenbergMarquardt } from '@optim/all';
import type { Trials } from '@optim/testing';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { trialsOf } from '../trials.js';
import { workspacePackages } from '../workspace.js';
import { lossFor } from './losses.js';

const families = ['second-order', 'sam', 'multitask'];
const packages = workspacePackages().filter(({ parent }) => families.includes(parent));
const measured = await Promise.all(packages.map(({ folder }) => trialsOf(folder)));
// It has no trial in a classification.
const leastSquares: Trials = { LevenbergMarquardt: () => new LevenbergMarquardt() };
const trials: Trials = Object.assign({}, ...measured, leastSquares);

/** A multiple of all periods: refreshes, estimates, samples, full steps. */
const [early, late] = [20, 2000];

describe(`from step ${early} to step ${late}`, () => {
  it('covers every class', () => {
    const classes = packages.flatMap(({ manifest }) => manifest.optim!.algorithms.map((each) => each.class));
    expect(Object.keys(trials).sort()).toEqual(classes.sort());
  });

  it.each(Object.keys(trials))('%s holds as many tensors and bytes', (name) => {
    const x = tf.tidy(() => tf.variable(tf.tensor2d([1, -1, 0.5, 2, 0, -0.5], [3, 2])));
    const optimizer = trials[name]!(late);
    let step = 0;
    // It never stands still, so that no class is done.
    const loss = lossFor(name, x, () => Math.sin(step));
    const samples = optimizer as { sampleHessian?: (logits: () => tf.Tensor) => boolean };
    const held = (): object => {
      const { numTensors, numBytes, numDataBuffers } = tf.memory();
      return { numTensors, numBytes, numDataBuffers };
    };
    const until = (last: number): void => {
      for (; step < last; step++) {
        tf.dispose(optimizer.minimize(loss, true, [x])!);
        samples.sampleHessian?.(() => tf.clone(x));
      }
    };
    until(early);
    const before = held();
    until(late);
    expect(held()).toEqual(before);
    expect(x.dataSync().every(Number.isFinite)).toBe(true);
    optimizer.dispose();
    x.dispose();
  });
});
