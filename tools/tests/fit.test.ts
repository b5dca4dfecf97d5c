// SPDX-License-Identifier: Apache-2.0
// `model.fit` of a small convolutional network with batch normalization and dropout, by every class that evaluates a loss
// in its own way or multiplies by matrices.

import {
  AdaHessian,
  AdaMuon,
  AdamW,
  ASAM,
  FriendlySAM,
  GSAM,
  Kron,
  LBFGS,
  LookSAM,
  Muon,
  NorMuon,
  SAM,
  ScalableShampoo,
  SCION,
  SCIONLight,
  Shampoo,
  SOAP,
  SophiaG,
  SophiaH,
  WSAM,
} from '@optim/all';
import { MSAM } from '@optim/msam';
import { sameMasks, withConvolutionalNetwork } from '@optim/testing';
import type * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { workspacePackages } from '../workspace.js';

const learningRate = 0.02;
const base = (): AdamW => new AdamW({ learningRate });
const matrices = { learningRate, adamwLearningRate: learningRate };

// The ball of its radius is small beside the weights that such a network comes to.
const scion = { learningRate, radius: 3, alpha: 0.5, unconstrained: true };

const makers: Readonly<Record<string, () => tf.Optimizer>> = {
  AdaHessian: () => new AdaHessian({ learningRate: 0.1 }),
  AdaMuon: () => new AdaMuon(matrices),
  ASAM: () => new ASAM(base()),
  FriendlySAM: () => new FriendlySAM(base()),
  GSAM: () => new GSAM(base()),
  Kron: () => new Kron({ learningRate }),
  LBFGS: () => new LBFGS({ learningRate: 1, historySize: 3 }),
  LookSAM: () => new LookSAM(base(), { k: 3 }),
  MSAM: () => new MSAM(base()),
  Muon: () => new Muon(matrices),
  NorMuon: () => new NorMuon(matrices),
  SAM: () => new SAM(base()),
  ScalableShampoo: () => new ScalableShampoo({ learningRate }),
  SCION: () => new SCION(scion),
  SCIONLight: () => new SCIONLight(scion),
  Shampoo: () => new Shampoo({ learningRate: 0.3, momentum: 0.9 }),
  SOAP: () => new SOAP({ learningRate }),
  SophiaG: () => new SophiaG({ learningRate, weightDecay: 0, batchSize: 8 }),
  SophiaH: () => new SophiaH({ learningRate: 0.5, updatePeriod: 3 }),
  WSAM: () => new WSAM(base()),
};

describe('in the fit of a convolutional network with batch normalization and dropout', () => {
  sameMasks();

  it('covers every class but LevenbergMarquardt, which refuses a call from model.fit', () => {
    const classes = workspacePackages()
      .filter(({ parent }) => ['second-order', 'sam'].includes(parent))
      .flatMap(({ manifest }) => manifest.optim!.algorithms.map((each) => each.class))
      .filter((name) => name !== 'LevenbergMarquardt');
    expect(Object.keys(makers).sort()).toEqual(classes.sort());
  });

  it.each(Object.entries(makers))('%s brings the loss from above 0.5 below 0.15', async (_name, make) => {
    const optimizer = make();
    await withConvolutionalNetwork(optimizer, async ({ model, lossOf, fit }) => {
      if (optimizer instanceof SophiaG) optimizer.sampleFrom(model);
      expect(await lossOf()).toBeGreaterThan(0.5);
      await fit(40);
      // NaN is not below.
      expect(await lossOf()).toBeLessThan(0.15);
      for (const weight of model.getWeights())
        expect((await weight.data()).every(Number.isFinite)).toBe(true);
    });
  });
});
