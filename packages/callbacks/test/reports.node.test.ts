// SPDX-License-Identifier: Apache-2.0

import { AdamW } from '@optim/adamw';
import { logOptimizer, progressBar, readOptimizer } from '@optim/callbacks';
import { clipByGlobalNorm, monitor, skipNonFinite } from '@optim/hooks';
import { Lookahead } from '@optim/lookahead';
import { linear } from '@optim/schedules';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { free, inOrder, network, withData } from './network.js';

describe('logOptimizer', () => {
  it('puts rate and globals into the history', () =>
    withData(async ({ xs, ys }) => {
      const learningRate = linear({ initialLearningRate: 0.1, endLearningRate: 0, totalSteps: 8 });
      const base = new AdamW({
        learningRate,
        transforms: [skipNonFinite(), clipByGlobalNorm(1e-3), monitor()],
      });
      const model = network(new Lookahead(base));
      const callbacks = logOptimizer(model.optimizer);
      const { history } = await model.fit(xs, ys, { ...inOrder, epochs: 2, callbacks });
      expect(history['learningRate']).toEqual([learningRate(4), learningRate(8)]);
      expect(history['skipNonFinite.skipped']).toEqual([0, 0]);
      expect(history['monitor.gradient']).toEqual([expect.closeTo(1e-3, 6), expect.closeTo(1e-3, 6)]);
      const norms = history['clipByGlobalNorm.norm'] as number[];
      expect(norms.map((norm) => norm > 0 && norm < 10)).toEqual([true, true]);
      free(model);
    }));

  it('says what was so at the call, whatever happens meanwhile', async () => {
    const x = tf.tidy(() => tf.variable(tf.tensor1d([1])));
    const optimizer = new AdamW({ learningRate: 0.25, transforms: [skipNonFinite(), monitor()] });
    const step = (g: number): void =>
      tf.tidy(() => optimizer.applyGradients({ [x.name]: tf.tensor1d([g]) }) as undefined);
    step(2);
    const before = await readOptimizer(optimizer);
    expect(before).toMatchObject({ learningRate: 0.25, 'monitor.gradient': 2, 'skipNonFinite.skipped': 0 });
    const asked = readOptimizer(optimizer);
    step(5);
    step(NaN);
    optimizer.learningRate = 0.5;
    expect(await asked).toEqual(before);
    const last = readOptimizer(optimizer);
    optimizer.dispose();
    expect(await last).toMatchObject({ learningRate: 0.5, 'skipNonFinite.skipped': 1 });
    x.dispose();
  });

  it('takes those of TensorFlow.js and refuses what is none', async () => {
    const logs = {};
    const optimizer = tf.train.adam(0.25);
    await logOptimizer(optimizer).onEpochEnd(0, logs);
    expect(logs).toEqual({ learningRate: 0.25 });
    optimizer.dispose();
    for (const wrong of [5, true, null, {}, globalThis]) {
      const got = wrong && typeof wrong === 'object' ? 'an object (Object)' : String(wrong);
      expect(() => logOptimizer(wrong as never)).toThrow(
        new TypeError(`logOptimizer: optimizer must be an optimizer, got ${got}`),
      );
      await expect(readOptimizer(wrong as never)).rejects.toThrow(
        new TypeError(`readOptimizer: optimizer must be an optimizer, got ${got}`),
      );
    }
  });
});

describe('progressBar', () => {
  const { env } = (globalThis as { process?: { env: Record<string, string | undefined> } }).process ?? {
    env: {},
  };
  const ci = env['CI'];
  beforeEach(() => void delete env['CI']);
  afterEach(() => {
    if (ci !== undefined) env['CI'] = ci;
  });

  const terminal = (
    isTTY = true,
  ): { isTTY: boolean; columns: number; text: string; write(text: string): void } => ({
    isTTY,
    columns: 200,
    text: '',
    write(text: string): void {
      this.text += text;
    },
  });

  it('draws a line for each epoch of a loop', () => {
    const shown = terminal();
    const optimizer = new AdamW({ learningRate: 0.125 });
    const bar = progressBar({ terminal: shown, epochs: 2, steps: 4, optimizer });
    bar.onTrainBegin();
    for (const epoch of [0, 1]) {
      bar.onEpochBegin(epoch);
      for (let batch = 0; batch < 4; batch++) bar.onBatchEnd(batch, { batch, size: 4, loss: 0.123456 });
      bar.onEpochEnd(epoch, { loss: 0.5 });
    }
    const lines = shown.text.split('\n');
    expect(lines[0]!.split('\r\u001B[K')).toEqual([
      '',
      'epoch 1/2 █████░░░░░░░░░░░░░░░ 1/4  loss 0.1235  rate 0.125  ETA 0:00',
      'epoch 1/2 ████████████████████ 4/4  loss 0.5  rate 0.125  0:00',
    ]);
    expect(lines[1]).toContain('epoch 2/2');
    expect(lines).toHaveLength(3);
    optimizer.dispose();
  });

  it('learns from fit how many epochs and batches there are, and is silent with verbose 0', () =>
    withData(async ({ xs, ys }) => {
      const model = network(new AdamW());
      const shown = terminal();
      const fit = { ...inOrder, epochs: 3, verbose: 1 as const };
      await model.fit(xs, ys, { ...fit, callbacks: progressBar({ terminal: shown }) });
      expect(shown.text.split('\n')).toHaveLength(4);
      expect(shown.text).toContain('epoch 3/3 ████████████████████ 4/4  loss');
      const silent = terminal();
      await model.fit(xs, ys, { ...fit, verbose: 0, callbacks: progressBar({ terminal: silent }) });
      expect(silent.text).toBe('');
      free(model);
    }));

  it('draws nothing in CI or where the output is no terminal', () => {
    for (const quiet of [false, true]) {
      if (quiet) env['CI'] = 'true';
      const shown = terminal(quiet);
      const bar = progressBar({ terminal: shown });
      bar.onTrainBegin();
      bar.onEpochBegin(0);
      bar.onBatchEnd(0, { loss: 1 });
      bar.onEpochEnd(0, { loss: 1 });
      expect(shown.text).toBe('');
      delete env['CI'];
    }
  });
});
