// SPDX-License-Identifier: Apache-2.0

import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Schedule } from '@optim/core';
import * as api from '../src/index.js';
import { golden, notSchedules } from './golden.js';

const rate = fc.double({ min: 0, max: 1, noNaN: true });
const aboveZero = fc.double({ min: 1e-3, max: 3, noNaN: true });
const gamma = fc.double({ min: 1e-3, max: 1, noNaN: true });
const beta2 = fc.double({ min: 0, max: 0.9999, noNaN: true });
const steps = fc.integer({ min: 0, max: 60 });
const someSteps = fc.integer({ min: 1, max: 60 });
const minToMax = fc.tuple(rate, rate).map(([a, b]) => ({
  minLearningRate: Math.min(a, b),
  maxLearningRate: Math.max(a, b),
}));
const momenta = fc.tuple(rate, rate).map(([a, b]) => ({
  minMomentum: Math.min(a, b) * 0.99,
  maxMomentum: Math.max(a, b) * 0.99,
}));
const increasing = fc.uniqueArray(someSteps, { maxLength: 5 }).map((list) => list.sort((a, b) => a - b));

/** All the given records merged into one. */
function all<T extends object[]>(...parts: { [K in keyof T]: fc.Arbitrary<T[K]> }): fc.Arbitrary<T[number]> {
  return fc.tuple(...parts).map((records) => Object.assign({}, ...records) as T[number]);
}

/** A schedule with what the sheet says of it: when and at which value it ends. */
interface Case {
  readonly options: object;
  readonly schedule: Schedule;
  readonly end?: number;
  readonly final?: number;
  /** The end of a warm-up to exactly this value. */
  readonly warm?: readonly [step: number, peak: number];
}

function cases<O>(
  options: fc.Arbitrary<object>,
  make: (options: O) => Schedule,
  facts: (options: Required<O>) => Omit<Case, 'options' | 'schedule'> = () => ({}),
): fc.Arbitrary<Case> {
  return options.map((given) => ({
    options: given,
    schedule: make(given as O),
    ...facts(given as Required<O>),
  }));
}

const warmup = all(
  minToMax,
  fc.record({ initialLearningRate: rate, warmupSteps: steps, after: someSteps }),
).map(({ after, ...options }: Record<string, number>) => ({
  ...options,
  totalSteps: options['warmupSteps']! + after!,
}));

type Warmed = Required<api.WarmupDecayOptions>;
const warmFacts = (o: Warmed): Omit<Case, 'options' | 'schedule'> => ({
  end: o.totalSteps,
  final: o.minLearningRate,
  warm: [o.warmupSteps, o.maxLearningRate],
});

const base = cases(all(minToMax, fc.record({ totalSteps: someSteps })), api.rex).map(
  ({ schedule }) => schedule,
);

const arbitraries: Record<string, fc.Arbitrary<Case>> = {
  constant: cases(fc.record({ learningRate: rate }), api.constant, (o) => ({
    end: 0,
    final: o.learningRate,
  })),
  step: cases(fc.record({ learningRate: rate, stepSize: someSteps, gamma }), api.step),
  multiStep: cases(
    fc.record({ learningRate: rate, milestones: fc.array(steps).map((m) => m.sort((a, b) => a - b)), gamma }),
    api.multiStep,
    (o) => ({ end: o.milestones.at(-1) ?? 0 }),
  ),
  piecewiseConstant: cases(
    increasing.chain((boundaries) => {
      const length = boundaries.length + 1;
      return fc
        .array(rate, { minLength: length, maxLength: length })
        .map((values) => ({ boundaries, values }));
    }),
    api.piecewiseConstant,
    (o) => ({ end: o.boundaries.at(-1) ?? 0, final: o.values.at(-1)! }),
  ),
  exponential: cases(
    fc.record({
      learningRate: rate,
      gamma,
      decaySteps: aboveZero,
      staircase: fc.boolean(),
      endLearningRate: rate,
    }),
    api.exponential,
  ),
  inverseTime: cases(
    fc.record({ learningRate: rate, decayRate: rate, decaySteps: aboveZero, staircase: fc.boolean() }),
    api.inverseTime,
  ),
  linear: cases(
    fc.record({ initialLearningRate: rate, endLearningRate: rate, totalSteps: someSteps }),
    api.linear,
    (o) => ({ end: o.totalSteps, final: o.endLearningRate }),
  ),
  polynomial: cases(
    fc.record({
      learningRate: rate,
      endLearningRate: rate,
      totalSteps: someSteps,
      power: aboveZero,
      cycle: fc.boolean(),
    }),
    api.polynomial,
    (o) => (o.cycle ? {} : { end: o.totalSteps, final: o.endLearningRate }),
  ),
  cosineAnnealing: cases(
    all(minToMax, fc.record({ totalSteps: someSteps, exponent: aboveZero })),
    api.cosineAnnealing,
    (o) => ({ end: o.totalSteps, final: o.minLearningRate }),
  ),
  cosineWarmRestarts: cases(
    all(
      minToMax,
      fc.record({ firstCycleSteps: someSteps, cycleMultiplier: fc.constantFrom(1, 1.1, 1.5, 2, 3), gamma }),
    ),
    api.cosineWarmRestarts,
  ),
  cosineWarmupRestarts: cases(
    all(minToMax, fc.record({ warmupSteps: steps, decay: someSteps, cycleMultiplier: aboveZero, gamma })).map(
      ({ decay, ...o }: Record<string, number>) => ({ ...o, firstCycleSteps: o['warmupSteps']! + decay! }),
    ),
    api.cosineWarmupRestarts,
    (o) => ({ warm: [o.warmupSteps, o.maxLearningRate] }),
  ),
  cyclic: cases(
    all(
      minToMax,
      fc.record({
        stepSizeUp: someSteps,
        stepSizeDown: someSteps,
        mode: fc.constantFrom('triangular', 'triangular2', 'expRange'),
        gamma,
      }),
    ),
    api.cyclic,
    (o) => (o.mode === 'expRange' ? {} : { warm: [o.stepSizeUp, o.maxLearningRate] }),
  ),
  oneCycle: cases(
    all(
      minToMax.map(({ maxLearningRate }) => ({ maxLearningRate })),
      momenta,
      fc.record({
        totalSteps: fc.integer({ min: 5, max: 100 }),
        pctStart: fc.double({ min: 0.21, max: 0.5, noNaN: true }),
        annealStrategy: fc.constantFrom('cos', 'linear'),
        divFactor: aboveZero,
        finalDivFactor: aboveZero,
        threePhase: fc.boolean(),
      }),
    ),
    api.oneCycle,
    (o) => ({ end: o.totalSteps - 1, final: o.maxLearningRate / o.divFactor / o.finalDivFactor }),
  ),
  linearWithWarmup: cases(warmup, api.linearWithWarmup, warmFacts),
  cosineWithWarmup: cases(warmup, api.cosineWithWarmup, warmFacts),
  polynomialWithWarmup: cases(
    all(warmup, fc.record({ power: aboveZero })),
    api.polynomialWithWarmup,
    warmFacts,
  ),
  inversePowerWithWarmup: cases(
    all(minToMax, fc.record({ initialLearningRate: rate, warmupSteps: steps, power: rate })),
    api.inversePowerWithWarmup,
    (o) => ({ warm: [o.warmupSteps, o.maxLearningRate] }),
  ),
  chebyshev: cases(
    fc.record({ learningRate: rate, totalSteps: fc.constantFrom(1, 2, 8, 64), lowerBound: gamma }),
    api.chebyshev,
  ),
  knee: cases(
    fc
      .record({ maxLearningRate: rate, warmupSteps: steps, exploreSteps: steps, after: someSteps })
      .map(({ after, ...o }) => ({ ...o, totalSteps: o.warmupSteps + o.exploreSteps + after })),
    api.knee,
    (o) => ({
      end: o.totalSteps - 1,
      final: o.totalSteps > o.warmupSteps + o.exploreSteps ? 0 : o.maxLearningRate,
    }),
  ),
  untunedLinearWarmup: cases(fc.record({ learningRate: rate, beta2 }), api.untunedLinearWarmup),
  untunedExponentialWarmup: cases(fc.record({ learningRate: rate, beta2 }), api.untunedExponentialWarmup),
  ranger21: cases(
    all(
      minToMax.map(({ minLearningRate, maxLearningRate }) => ({
        minLearningRate,
        learningRate: maxLearningRate,
      })),
      fc.record({ totalSteps: someSteps, beta2 }),
    ),
    api.ranger21,
    (o) => ({ end: o.totalSteps - 1, final: o.minLearningRate }),
  ),
  rex: cases(all(minToMax, fc.record({ totalSteps: someSteps, beta: gamma })), api.rex, (o) => ({
    end: o.totalSteps,
    final: o.minLearningRate,
  })),
  warmupStableDecay: cases(
    all(
      minToMax,
      fc.record({
        initialLearningRate: rate,
        warmupSteps: steps,
        stableSteps: steps,
        decaySteps: steps,
        cooldown: fc.constantFrom('1-sqrt', 'linear', 'cosine', '1-square', 'mirrorCosine'),
      }),
    ),
    api.warmupStableDecay,
    (o) => ({
      end: o.warmupSteps + o.stableSteps + o.decaySteps,
      final: o.minLearningRate,
      ...(o.stableSteps + o.decaySteps > 0 && { warm: [o.warmupSteps, o.maxLearningRate] }),
    }),
  ),
  inverseSquareRoot: cases(
    fc.record({ maxLearningRate: rate, warmupSteps: steps, timescale: aboveZero, initialLearningRate: rate }),
    api.inverseSquareRoot,
    (o) => ({ warm: [o.warmupSteps, o.maxLearningRate] }),
  ),
  noam: cases(fc.record({ modelSize: aboveZero, warmupSteps: someSteps, scale: aboveZero }), api.noam),
  proportional: base.map((inner) => {
    const options = { maxLearningRate: 1, maxValue: 2, minValue: 0.5 };
    return { options, schedule: api.proportional(inner, options) };
  }),
  withWarmup: fc.tuple(base, steps, rate).map(([inner, warmupSteps, initialLearningRate]) => ({
    options: { warmupSteps, initialLearningRate },
    schedule: api.withWarmup(inner, { warmupSteps, initialLearningRate }),
    warm: [warmupSteps, inner(0)],
  })),
  join: fc.tuple(base, base, someSteps).map(([first, second, b]) => ({
    options: { boundaries: [b] },
    schedule: api.join({ schedules: [first, second], boundaries: [b] }),
  })),
  scale: fc
    .tuple(base, rate)
    .map(([inner, factor]) => ({ options: { factor }, schedule: api.scale(inner, factor) })),
  multiply: fc.tuple(base, base).map((inner) => ({ options: {}, schedule: api.multiply(inner) })),
  perEpoch: fc
    .tuple(base, someSteps)
    .map(([inner, n]) => ({ options: { n }, schedule: api.perEpoch(inner, n) })),
};

const step = fc.oneof(fc.nat(300), fc.double({ min: 0, max: 1e4, noNaN: true }));
const each = Object.entries(arbitraries);

it('knows every schedule', () => {
  const names = new Set(golden.map(({ schedule }) => schedule).filter((name) => !notSchedules.has(name)));
  expect(Object.keys(arbitraries).sort()).toEqual([...names].sort());
});

describe('every schedule', () => {
  it.each(each)('%s gives the same value in any order', (_, cases_) => {
    fc.assert(
      fc.property(cases_, fc.array(step), ({ schedule }, list) => {
        const first = list.map((t) => schedule(t));
        const again = list.map((_, i) => schedule(list.at(-1 - i)!));
        expect(again).toEqual(list.map((_, i) => first.at(-1 - i)));
      }),
    );
  });

  it.each(each)('%s is never negative and always finite', (_, cases_) => {
    fc.assert(
      fc.property(cases_, step, ({ schedule }, t) => {
        const value = schedule(t);
        expect(value).toBeGreaterThanOrEqual(0);
        expect(value).toBeLessThan(Infinity);
      }),
    );
  });

  it.each(each)('%s holds its last value and ends its warm-up exactly', (_, cases_) => {
    fc.assert(
      fc.property(cases_, step, ({ schedule, end, final, warm }, t) => {
        const drift = end === undefined ? 0 : schedule(end + t) - (final ?? schedule(end));
        const shortfall = warm ? schedule(warm[0]) - warm[1] : 0;
        expect([drift, shortfall]).toEqual([0, 0]);
      }),
    );
  });
});

describe('composition', () => {
  it('join gives the boundary to the later schedule, at its own step 0', () => {
    fc.assert(
      fc.property(base, base, base, increasing, step, (first, second, third, [b, c], t) => {
        fc.pre(c !== undefined);
        const joined = api.join({ schedules: [first, second, third], boundaries: [b!, c!] });
        expect(joined(b!)).toBe(second(0));
        expect(joined(c!)).toBe(third(0));
        expect(joined(t)).toBe(t < b! ? first(t) : t < c! ? second(t - b!) : third(t - c!));
      }),
    );
  });

  it('perEpoch changes with the epoch only', () => {
    fc.assert(
      fc.property(
        base,
        someSteps,
        steps,
        fc.double({ min: 0, max: 1, maxExcluded: true }),
        (inner, n, epoch, part) => {
          fc.pre(Math.floor((epoch * n + part * n) / n) === epoch);
          expect(api.perEpoch(inner, n)(epoch * n + part * n)).toBe(inner(epoch));
        },
      ),
    );
  });

  it('withWarmup without steps is the schedule itself, and otherwise begins it after them', () => {
    fc.assert(
      fc.property(base, someSteps, steps, (inner, w, t) => {
        expect(api.withWarmup(inner, { warmupSteps: 0, initialLearningRate: 1 })).toBe(inner);
        expect(api.withWarmup(inner, { warmupSteps: w })(w + t)).toBe(inner(t));
      }),
    );
  });

  it('proportional is constant where the rates are equal', () => {
    const options = { maxLearningRate: 0.1, minLearningRate: 0.1, maxValue: 2, minValue: 2 };
    expect(api.proportional(api.constant({ learningRate: 0.3 }), options)(7)).toBe(2);
  });
});

describe('momentum', () => {
  it('of oneCycle begins and ends at its maximum and stays in its range', () => {
    fc.assert(
      fc.property(
        momenta,
        fc.integer({ min: 5, max: 100 }),
        fc.boolean(),
        step,
        (range, totalSteps, threePhase, t) => {
          const schedule = api.oneCycleMomentum({ maxLearningRate: 1, totalSteps, threePhase, ...range });
          expect(schedule(0)).toBe(range.maxMomentum);
          expect(schedule(totalSteps - 1 + t)).toBe(range.maxMomentum);
          expect(schedule(t)).toBeGreaterThanOrEqual(range.minMomentum - 1e-15);
          expect(schedule(t)).toBeLessThanOrEqual(range.maxMomentum + 1e-15);
        },
      ),
    );
  });

  it('of cyclic is at its minimum where the rate is at its maximum', () => {
    const options = { minLearningRate: 0.1, maxLearningRate: 1, stepSizeUp: 7, stepSizeDown: 3 };
    const [cyclic, momentum] = [api.cyclic(options), api.cyclicMomentum(options)];
    expect([0, 7, 10, 17].map(cyclic)).toEqual([0.1, 1, 0.1, 1]);
    expect([0, 7, 10, 17].map(momentum)).toEqual([0.9, 0.8, 0.9, 0.8]);
  });
});

describe('what the sheet warns of', () => {
  it('the restart step of cosineWarmRestarts has the peak, also where a quotient of logarithms errs', () => {
    const schedule = api.cosineWarmRestarts({ maxLearningRate: 1, firstCycleSteps: 10, cycleMultiplier: 3 });
    expect([0, 10, 40, 130, 400, 1210].map(schedule)).toEqual([1, 1, 1, 1, 1, 1]);
    expect(schedule(1209)).toBeLessThan(1e-4);
  });

  it('a cycle of cosineWarmupRestarts that shrinks keeps one step of decay', () => {
    const schedule = api.cosineWarmupRestarts({
      maxLearningRate: 1,
      firstCycleSteps: 6,
      cycleMultiplier: 0.5,
      warmupSteps: 2,
    });
    // Lengths 6, 4, 3, 3, ...: the peak follows two steps of warm-up in each.
    expect([2, 8, 12, 15, 18].map(schedule)).toEqual([1, 1, 1, 1, 1]);
    expect([3e6, 3e6 + 1, 3e6 + 2].map(schedule)).toEqual([1, 0, 0.5]);
  });

  it('the period of the untuned warm-ups is not truncated', () => {
    const factor = api.untunedLinearWarmup({});
    expect(factor(1998)).toBeCloseTo(1999 / 2000, 12);
    expect(factor(1999)).toBeCloseTo(1, 12);
  });

  it('chebyshev visits its nodes in fractal order', () => {
    const T = 8;
    const schedule = api.chebyshev({ totalSteps: T });
    const nodes = Array.from({ length: T }, (_, i) => 0.55 - 0.45 * Math.cos((Math.PI * (i + 0.5)) / T));
    const order = [0, 7, 3, 4, 1, 6, 2, 5];
    for (let t = 0; t < 2 * T; t++) expect(schedule(t)).toBeCloseTo(1 / nodes[order[t % T]!]!, 12);
  });
});
