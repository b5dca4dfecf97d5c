// SPDX-License-Identifier: Apache-2.0

import { describe, expect, it } from 'vitest';
import { linear, plot } from '../src/index.js';

const points = (svg: string): number[][] =>
  /points="([^"]*)"/
    .exec(svg)![1]!
    .split(' ')
    .map((point) => point.split(',').map(Number));

const texts = (svg: string): string[] => [...svg.matchAll(/<text[^>]*>([^<]*)</g)].map(([, text]) => text!);

describe('plot', () => {
  const schedule = linear({ initialLearningRate: 0.1, endLearningRate: 0, totalSteps: 10 });

  it('draws one point per step, between labelled axes', () => {
    const svg = plot(schedule, { steps: 11, width: 188, height: 160 });
    // 100 by 100 pixels remain inside the margins.
    expect(points(svg)).toEqual(Array.from({ length: 11 }, (_, t) => [72 + 10 * t, 16 + 10 * t]));
    const across = ['0', '2', '4', '6', '8', '10'];
    const upwards = ['0', '0.02', '0.04', '0.06', '0.08', '0.1'];
    expect(texts(svg)).toEqual([...upwards, ...across, 'step', 'learning rate']);
    expect(svg.startsWith('<svg xmlns="http://www.w3.org/2000/svg" width="188" height="160"\n')).toBe(true);
    expect(svg.endsWith('</svg>\n')).toBe(true);
    expect(plot(schedule, { steps: 11, width: 188, height: 160 })).toBe(svg);
  });

  it('draws one point per pixel where there are more steps, the last step among them', () => {
    const asked: number[] = [];
    const asking = (t: number): number => {
      asked.push(t);
      return t;
    };
    const svg = plot(asking, { steps: 5001 });
    expect(points(svg)).toHaveLength(552);
    expect(asked[0]).toBe(0);
    expect(asked.at(-1)).toBe(5000);
    expect(asked.every(Number.isInteger)).toBe(true);
    expect(points(svg).at(-1)).toEqual([624, 16]);
  });

  it('draws a rate of zero, a single step and negative values', () => {
    expect(points(plot(() => 0, { steps: 2, width: 188, height: 160 }))).toEqual([
      [72, 116],
      [172, 116],
    ]);
    expect(points(plot(() => 3, { steps: 1, width: 188, height: 160 }))).toEqual([[72, 16]]);
    expect(points(plot((t) => t - 1, { steps: 3, width: 188, height: 160 }))).toEqual([
      [72, 116],
      [122, 66],
      [172, 16],
    ]);
    expect(points(plot((t) => -t, { steps: 2, width: 188, height: 160 }))).toEqual([
      [72, 16],
      [172, 116],
    ]);
  });

  it('escapes its label', () => {
    const svg = plot(schedule, { steps: 5, label: '"a" < b & c' });
    expect(svg).toContain('aria-label="&quot;a&quot; &lt; b &amp; c"');
    expect(svg).toContain('>&quot;a&quot; &lt; b &amp; c</text>');
  });

  it('refuses what it cannot draw', () => {
    expect(() => plot(schedule, { steps: 0 })).toThrow('plot: steps must be an integer in [1, ∞), got 0');
    expect(() => plot(schedule, { steps: 5, width: 100 })).toThrow(
      'plot: width must be an integer in [160, 10000], got 100',
    );
    expect(() => plot((t) => 1 / t, { steps: 5 })).toThrow(
      new RangeError('plot: schedule(0) must be a finite number, got Infinity'),
    );
  });
});
