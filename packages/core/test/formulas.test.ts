// SPDX-License-Identifier: Apache-2.0

import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import {
  adaNorm,
  biasCorrection,
  ema,
  rectification,
  zero,
  type Results,
  type SlotInit,
} from '../src/index.js';
import { Probe, type Symbols } from './probe.js';
import { close, variable } from './rules.js';

it('rectification is that of RAdam', () => {
  expect(rectification(1, 0.999).rho).toBeCloseTo(1, 6);
  expect(rectification(5, 0.999).rho).toBeLessThan(5);
  const { rho, r } = rectification(6, 0.999);
  expect(rho).toBeCloseTo(5.994164, 5);
  expect(r).toBeCloseTo(Math.sqrt((1.994164 * 3.994164 * 1999) / (1995 * 1997 * 5.994164)), 6);
  expect(rectification(1e6, 0.999).r).toBeCloseTo(1, 6);
});

it('biasCorrection is that of Adam, and AdamD leaves the step alone', () => {
  const hyper = { learningRate: 0.1, beta1: 0.5, beta2: 0.75, adamD: false };
  // 1 − ½² = ¾, 1 − (¾)² = 7/16
  expect(biasCorrection(2, hyper)).toEqual({ alpha: 0.1 / 0.75, correction: Math.sqrt(0.4375) });
  expect(biasCorrection(2, { ...hyper, adamD: true })).toEqual({ alpha: 0.1, correction: Math.sqrt(0.4375) });
});

it('adaNorm stretches gradients shorter than their average, and no others', async () => {
  class Norms extends Probe {
    protected override slots(): Record<string, SlotInit> {
      return { e: zero, m: (param) => param.mul(0) };
    }

    protected override update({ grad, e, m }: Symbols): Results {
      const { grad: stretched, e: average } = adaNorm(grad!, e!, e!.mul(0).add(0.5));
      return { e: average, m: ema(m!, stretched, e!.mul(0)) };
    }
  }
  const optimizer = new Norms();
  const a = variable('a', [0, 0]);
  const seen = async (x: number, y: number): Promise<number[]> => {
    tf.tidy(() => optimizer.applyGradients({ a: tf.tensor([x, y]) }));
    const { m, e } = (await optimizer.stateDict()).parameters[0]!.slots;
    return [...m!.data, ...e!.data];
  };
  expect(await seen(6, 8)).toEqual(close(6, 8, 5));
  expect(await seen(0.6, 0.8)).toEqual(close(1.8, 2.4, 3));
  expect(await seen(0, 0)).toEqual(close(0, 0, 1.5));
  optimizer.dispose();
  a.dispose();
});
