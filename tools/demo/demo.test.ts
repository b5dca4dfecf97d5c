// SPDX-License-Identifier: Apache-2.0

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { demo } from './demo.js';
import { help, parseOptions } from './options.js';
import { linearTicks, logarithmicTicks, plot, smooth } from './plot.js';
import { Progress } from './progress.js';
import { random, shuffled } from '../digits/random.js';

const folder = mkdtempSync(join(tmpdir(), 'optim-demo-'));

afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** Standard output that remembers. */
function screen(isTTY: boolean): { isTTY: boolean; text: string; write: (text: string) => void } {
  const own = { isTTY, text: '', write: (text: string): void => void (own.text += text) };
  return own;
}

describe('demo', () => {
  const out = join(folder, 'loss.svg');
  const common = ['--backend', 'cpu', '--epochs', '3', '--batch-size', '32', '--out', out];

  it('trains, compares and plots', async () => {
    const output = screen(false);
    const options = parseOptions(['--optimizers', 'tf.train.adam,AdamW,SAM', ...common]);
    const results = await demo(options, output, { train: 320, test: 100 });

    expect(results.map(({ name }) => name)).toEqual(['tf.train.adam', 'AdamW', 'SAM']);
    for (const { accuracy, losses, seconds } of results) {
      expect(accuracy).toBeGreaterThan(0.6);
      expect(accuracy).toBeLessThanOrEqual(1);
      expect(losses).toHaveLength(30);
      expect(losses.at(-1)).toBeLessThan(losses[0]! / 2);
      expect(seconds).toBeGreaterThan(0);
    }
    const [adam, adamW, sam] = results;
    // The same network and the same first batch; Adam and AdamW differ in the decay alone, 1e-4 of a weight a step.
    expect(adamW!.losses[0]).toBe(adam!.losses[0]);
    expect(adamW!.losses[1]).toBeCloseTo(adam!.losses[1]!, 3);
    // One fused kernel for each of four variables; two evaluations in SAM.
    expect(adamW!.kernels).toBeLessThan(adam!.kernels - 40);
    expect(sam!.kernels).toBeGreaterThan(adamW!.kernels + 40);

    expect(output.text).toContain(
      'MNIST: 320 digits to train with, 100 to test; 3 epochs of 10 steps, backend cpu\n',
    );
    expect(output.text).toMatch(/\nAdamW +0\.01 +\d+\.\d\d % +\d+\.\d +\d+\n/);
    expect(output.text).toContain(`Loss curves: ${out}\n`);
    expect(output.text).not.toContain('\r');
    const svg = readFileSync(out, 'utf8');
    expect(svg).toMatch(/^<svg [^]*<\/svg>\n$/);
    expect(svg.match(/<polyline /g)).toHaveLength(3);
  });

  it('refuses a plot in a folder that does not exist before it trains', async () => {
    const options = parseOptions([...common.slice(0, -1), join(folder, 'missing', 'loss.svg')]);
    const message = `--out: there is no folder ${join(folder, 'missing')}`;
    await expect(demo(options, screen(false))).rejects.toThrow(new RangeError(message));
  });
});

describe('options', () => {
  it('have defaults', () => {
    const { optimizers, ...rest } = parseOptions([]);
    expect(optimizers).toContain('AdaBelief');
    expect(rest).toEqual({
      epochs: 6,
      batchSize: 64,
      backend: 'wasm',
      out: 'demo-loss.svg',
      workers: 0,
      help: false,
    });
    for (const name of optimizers) expect(help).toContain(name);
  });

  it('name optimizers in any case, once each', () => {
    expect(parseOptions(['--optimizers', 'lamb, SAM,Lamb']).optimizers).toEqual(['Lamb', 'SAM']);
  });

  it.each([
    [['--optimizers', 'AdamX'], 'got "AdamX"'],
    [['--optimizers', ''], 'got ""'],
    [['--backend', 'webgl'], '--backend: expected wasm, cpu; got "webgl"'],
    [['--workers', '0'], '--workers: expected an integer from 1 to 999999, got "0"'],
    [['--epochs', '0'], '--epochs: expected an integer from 1 to 999999, got "0"'],
    [['--batch-size', '1.5'], '--batch-size: expected an integer from 1 to 999999, got "1.5"'],
    [['--epoch', '3'], "Unknown option '--epoch'"],
    [['AdamW'], "Unexpected argument 'AdamW'"],
  ])('%j is refused', (args, message) => {
    expect(() => parseOptions(args)).toThrow(message);
  });
});

describe('progress', () => {
  it('rewrites its line on a terminal', () => {
    const output = screen(true);
    const progress = new Progress(output, 'AdamW', 10);
    progress.update(5, 'loss 1');
    progress.update(6, 'too soon to be shown');
    progress.finish('loss 0');
    const half = '█'.repeat(15) + '░'.repeat(15);
    expect(output.text).toBe(`\rAdamW ${half}  50 %  loss 1\rAdamW ${'█'.repeat(30)} 100 %  loss 0\n`);
  });

  it('writes only the finished line elsewhere', () => {
    const output = screen(false);
    const progress = new Progress(output, 'AdamW', 10);
    progress.update(5, 'loss 1');
    progress.finish('loss 0');
    expect(output.text).toBe(`AdamW ${'█'.repeat(30)} 100 %  loss 0\n`);
  });
});

describe('plot', () => {
  it('smooths without bias towards the start', () => {
    expect(smooth([4, 4, 4], 0.9).map((value) => Number(value.toFixed(12)))).toEqual([4, 4, 4]);
    expect(smooth([1, 3], 0.5)).toEqual([1, (0.5 + 3) / 1.5]);
  });

  it('has round numbers at its axes', () => {
    expect(logarithmicTicks(0.04, 3)).toEqual([0.05, 0.1, 0.2, 0.5, 1, 2]);
    expect(linearTicks(750)).toEqual([0, 100, 200, 300, 400, 500, 600, 700]);
    expect(linearTicks(5)).toEqual([0, 1, 2, 3, 4, 5]);
  });

  it('draws curves that diverge inside the frame, and escapes names', () => {
    const svg = plot('a < b', [{ name: 'x & y', values: [1, Number.NaN, Infinity, 0.5] }]);
    expect(svg).toContain('>a &#60; b</text>');
    expect(svg).toContain('>x &#38; y</text>');
    expect(svg).not.toMatch(/NaN|Infinity/);
  });
});

describe('random', () => {
  it('is settled by the seed', () => {
    const items = Array.from({ length: 100 }, (_, i) => i);
    const order = shuffled(items, random(1));
    expect(shuffled(items, random(1))).toEqual(order);
    expect(shuffled(items, random(2))).not.toEqual(order);
    expect([...order].sort((a, b) => a - b)).toEqual(items);
  });
});
