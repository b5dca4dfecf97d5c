// SPDX-License-Identifier: Apache-2.0

import { existsSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { first, loadDigits } from '../digits/digits.js';
import type { Options } from './options.js';
import { plot } from './plot.js';
import { Progress, type Screen } from './progress.js';
import { percent, table } from './table.js';
import { stepsPerEpoch } from '../digits/training.js';
import { train, type Result } from './training.js';

const seed = 1;

/** Trains with every optimizer chosen, shows progress and results, and writes the plot. */
export async function demo(
  options: Options,
  screen: Screen,
  counts: { train: number; test: number } = { train: 8000, test: 2000 },
): Promise<Result[]> {
  const { optimizers, epochs, batchSize, backend } = options;
  const out = resolve(options.out);
  if (!existsSync(dirname(out))) throw new RangeError(`--out: there is no folder ${dirname(out)}`);
  await tf.setBackend(backend);
  const digits = loadDigits(seed, counts);
  const training = { epochs, batchSize, seed };
  const perEpoch = stepsPerEpoch(digits.train, training);
  const setting = `${epochs} epochs of ${perEpoch} steps, backend ${backend}`;
  screen.write(`MNIST: ${counts.train} digits to train with, ${counts.test} to test; ${setting}\n\n`);

  // The first run pays for what is compiled on first use: let it be none of those compared.
  const few = first(digits.train, 50 * batchSize);
  await train(optimizers[0]!, { train: few, test: few }, { ...training, epochs: 1 }, () => {});

  const width = Math.max(...optimizers.map((name) => name.length));
  const results: Result[] = [];
  for (const name of optimizers) {
    const progress = new Progress(screen, name.padEnd(width), epochs * perEpoch);
    const result = await train(name, digits, training, (step, loss) =>
      progress.update(step, `loss ${loss.toFixed(4)}`),
    );
    progress.finish(`loss ${result.losses.at(-1)!.toFixed(4)}`);
    results.push(result);
  }
  for (const { images, labels } of [few, digits.train, digits.test]) tf.dispose([images, labels]);

  screen.write(`\n${table(results)}\n(kernels of a whole step: forward, backward and the update)\n\n`);
  const curves = results.map(({ name, accuracy, losses }) => ({
    name: `${name}, ${percent(accuracy)}`,
    values: losses,
  }));
  writeFileSync(out, plot(`Training loss on MNIST (${setting})`, curves));
  screen.write(`Loss curves: ${out}\n`);
  return results;
}
