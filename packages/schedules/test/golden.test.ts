// SPDX-License-Identifier: Apache-2.0

import { scheduleFromConfig } from '@optim/core';
import { describe, expect, it } from 'vitest';
import * as api from '../src/index.js';
import { factory, golden, make, notSchedules, schedules, type GoldenEntry } from './golden.js';

/** The largest deviation from a golden series, as a share of its largest value. */
function deviation(actual: (step: number) => number, series: GoldenEntry['values']): number {
  const largest = Math.max(...series.map(([, value]) => Math.abs(value!)));
  return Math.max(...series.map(([step, value]) => Math.abs(actual(step) - value!))) / largest;
}

/** The sheet's: float64 against float64 that was written with 14 digits. */
const tolerance = 1e-10;

const title = (entry: GoldenEntry): string => `${entry.schedule} ${JSON.stringify(entry.options)}`;

describe('golden values', () => {
  it.each(schedules.map((entry) => [title(entry), entry] as const))('%s', (_, entry) => {
    expect(deviation(make(entry), entry.values)).toBeLessThanOrEqual(tolerance);
  });

  const cycles = golden.filter(({ momentum }) => momentum);
  it.each(cycles.map((entry) => [title(entry), entry] as const))('momentum of %s', (_, entry) => {
    const momentum = factory(`${entry.schedule}Momentum`)(entry.options);
    expect(deviation(momentum, entry.momentum!)).toBeLessThanOrEqual(tolerance);
  });

  const plateaus = golden.filter(({ schedule }) => schedule === 'reduceOnPlateau');
  it.each(plateaus.map((entry) => [title(entry), entry] as const))('%s', (_, entry) => {
    const plateau = api.reduceOnPlateau(entry.options as unknown as api.ReduceOnPlateauOptions);
    const rates = entry.metrics!.map((metric) => plateau.update(metric));
    expect(deviation((k) => rates[k]!, entry.values)).toBeLessThanOrEqual(tolerance);
  });

  const layers = golden.filter(({ schedule }) => schedule === 'layerwiseDecay');
  it.each(layers.map((entry) => [title(entry), entry] as const))('%s', (_, entry) => {
    const rates = api.layerwiseDecay(entry.options as unknown as api.LayerwiseDecayOptions);
    expect(rates).toHaveLength(entry.values.length);
    expect(deviation((level) => rates[level]!, entry.values)).toBeLessThanOrEqual(tolerance);
  });

  const tiers = golden.filter(({ schedule }) => schedule === 'debertaV3LayerRates');
  it.each(tiers.map((entry) => [title(entry), entry] as const))('%s', (_, entry) => {
    const rates = api.debertaV3LayerRates({ ...entry.options, parameterNames: entry.parameterNames! });
    expect(rates).toHaveLength(entry.values.length);
    expect(deviation((i) => rates[i]!.learningRate, entry.values)).toBeLessThanOrEqual(tolerance);
    expect(rates.map(({ weightDecay }, i) => [i, weightDecay ?? null])).toEqual(entry.weightDecay);
  });

  it('has no name without a test', () => {
    const tested = new Set([...schedules, ...plateaus, ...layers, ...tiers]);
    expect(golden.filter((entry) => !tested.has(entry))).toEqual([]);
    expect([...notSchedules].every((name) => golden.some(({ schedule }) => schedule === name))).toBe(true);
  });
});

/** Those golden cases whose largest value nobody can tell: growth without a bound, products of different peaks. */
const peakless = schedules.filter((entry) => !make(entry).peak);

describe('the peak', () => {
  it.each(
    schedules.filter((entry) => !peakless.includes(entry)).map((entry) => [title(entry), entry] as const),
  )('of %s', (_, entry) => {
    const schedule = make(entry);
    const { step, value } = schedule.peak!;
    expect(schedule(step)).toBe(value);
    const values = Array.from({ length: 5000 }, (_, t) => schedule(t));
    const largest = Math.max(...values);
    expect(value).toBeGreaterThanOrEqual(largest);
    // Between two steps, or far beyond these, where a warm-up only comes near its end.
    const isMet = Number.isInteger(step) && step < values.length;
    if (isMet) expect(value).toBe(largest);
    else expect([...Object.values(entry.options), 1]).toContain(value);
  });

  it('is not known of growth without a bound, of a product of different peaks, and of a plain function', () => {
    expect(new Set(peakless.map(({ schedule }) => schedule))).toEqual(new Set(['multiply']));
    expect(api.exponential({ learningRate: 1, gamma: 1.1 }).peak).toBeUndefined();
    expect(api.step({ learningRate: 1, stepSize: 2, gamma: 2 }).peak).toBeUndefined();
    expect(api.scale(() => 1, 2).peak).toBeUndefined();
    expect(api.exponential({ learningRate: 1, gamma: 2, endLearningRate: 5 }).peak!.value).toBe(5);
    const flat = api.constant({ learningRate: 2 });
    expect(api.multiply([flat, api.rex({ maxLearningRate: 3, totalSteps: 9 })]).peak).toEqual({
      step: 0,
      value: 6,
    });
  });
});

describe('saving', () => {
  it.each(schedules.map((entry) => [title(entry), entry] as const))('%s', (_, entry) => {
    const schedule = make(entry);
    expect(schedule.config).toEqual({ schedule: entry.schedule, options: entry.options });
    const again = scheduleFromConfig(JSON.parse(JSON.stringify(schedule.config)));
    expect(entry.values.map(([step]) => again(step))).toEqual(entry.values.map(([step]) => schedule(step)));
    expect(again.config).toEqual(schedule.config);
  });

  it('brings momentum back', () => {
    const options = { maxLearningRate: 0.1, totalSteps: 60 };
    const config = { schedule: 'oneCycleMomentum', options };
    expect(api.oneCycleMomentum(options).config).toEqual(config);
    expect(scheduleFromConfig(config)(17)).toBe(0.85);
    expect(
      scheduleFromConfig({ schedule: 'cyclicMomentum', options: { minLearningRate: 0, maxLearningRate: 1 } })(
        0,
      ),
    ).toBe(0.9);
  });

  it('takes plain functions inside, which cannot be saved', () => {
    const schedule = api.scale((t) => t + 1, 2);
    expect(schedule(3)).toBe(8);
    expect(() => schedule.config).toThrow(/^schedule: a plain function cannot be saved/);
  });

  it('is not touched by a list changed afterwards', () => {
    const values = [1, 2];
    const schedule = api.piecewiseConstant({ boundaries: [3], values });
    values[0] = 9;
    expect(schedule(0)).toBe(1);
    expect(schedule.config?.options).toEqual({ boundaries: [3], values: [1, 2] });
  });
});
