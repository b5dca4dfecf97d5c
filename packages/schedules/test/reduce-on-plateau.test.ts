// SPDX-License-Identifier: Apache-2.0

import { describe, expect, it } from 'vitest';
import { reduceOnPlateau, type PlateauState } from '../src/index.js';
import { golden } from './golden.js';

describe('reduceOnPlateau', () => {
  it('reduces at the (patience + 1)-th bad report in a row', () => {
    const plateau = reduceOnPlateau({ learningRate: 1, factor: 0.5, patience: 2 });
    expect(plateau.learningRate).toBe(1);
    expect([5, 5, 5, 5, 5].map((metric) => plateau.update(metric))).toEqual([1, 1, 1, 0.5, 0.5]);
    expect(plateau.learningRate).toBe(0.5);
  });

  it('counts NaN as bad', () => {
    const plateau = reduceOnPlateau({ learningRate: 1, patience: 0 });
    expect(plateau.update(NaN)).toBe(0.1);
    expect(plateau.getState().best).toBe('Infinity');
  });

  it('goes no lower than minLearningRate', () => {
    const plateau = reduceOnPlateau({ learningRate: 1, factor: 0.5, patience: 0, minLearningRate: 0.4 });
    expect([1, 1, 1, 1].map((metric) => plateau.update(metric))).toEqual([1, 0.5, 0.4, 0.4]);
  });

  it('improves the best during a cooldown', () => {
    const plateau = reduceOnPlateau({ learningRate: 1, factor: 0.5, patience: 0, cooldown: 2 });
    expect([1, 1, 0.5, 0.6, 0.6].map((metric) => plateau.update(metric))).toEqual([1, 0.5, 0.5, 0.5, 0.25]);
    expect(plateau.getState()).toEqual({ rate: 0.25, best: 0.5, badReports: 0, cooldownLeft: 2 });
  });

  it.each(golden.filter(({ schedule }) => schedule === 'reduceOnPlateau'))(
    'goes on from a saved state: $options',
    ({ options, metrics }) => {
      const make = () => reduceOnPlateau(options as { learningRate: number });
      const whole = make();
      const rates = metrics!.map((metric) => whole.update(metric));
      for (let k = 0; k <= metrics!.length; k++) {
        const before = make();
        for (const metric of metrics!.slice(0, k)) before.update(metric);
        const after = make();
        after.setState(JSON.parse(JSON.stringify(before.getState())) as PlateauState);
        expect(metrics!.slice(k).map((metric) => after.update(metric))).toEqual(rates.slice(k));
      }
    },
  );

  it('keeps infinite bests through JSON', () => {
    for (const [mode, best] of [
      ['min', 'Infinity'],
      ['max', '-Infinity'],
    ] as const) {
      const state = reduceOnPlateau({ learningRate: 1, mode }).getState();
      expect(state).toEqual({ rate: 1, best, badReports: 0, cooldownLeft: 0 });
      const plateau = reduceOnPlateau({ learningRate: 1, mode });
      plateau.setState(JSON.parse(JSON.stringify(state)) as PlateauState);
      expect(plateau.getState()).toEqual(state);
    }
  });

  it('refuses a foreign state and changes nothing', () => {
    const plateau = reduceOnPlateau({ learningRate: 1 });
    plateau.update(3);
    const before = plateau.getState();
    const good = { rate: 0.5, best: 1, badReports: 2, cooldownLeft: 0 };
    const refused: [object, string][] = [
      [{ ...good, rate: -1 }, 'rate must be in [0, ∞), got -1'],
      [{ ...good, badReports: 0.5 }, 'badReports must be an integer in [0, ∞), got 0.5'],
      [{ ...good, cooldownLeft: -1 }, 'cooldownLeft must be an integer in [0, ∞), got -1'],
      [{ ...good, best: null }, "best must be a number, 'Infinity' or '-Infinity', got null"],
      [{ ...good, best: NaN }, "best must be a number, 'Infinity' or '-Infinity', got NaN"],
      [{ rate: 1, best: 1, badReports: 0 }, 'cooldownLeft is required and must be an integer in [0, ∞)'],
      [{ ...good, extra: 1 }, 'unknown option "extra"'],
    ];
    for (const [state, message] of refused) {
      expect(() => plateau.setState(state as PlateauState)).toThrow(`reduceOnPlateau state: ${message}`);
      expect(plateau.getState()).toEqual(before);
    }
  });

  it('refuses a metric that is not a number', () => {
    const plateau = reduceOnPlateau({ learningRate: 1 });
    const act = () => plateau.update('0.5' as unknown as number);
    expect(act).toThrow(TypeError);
    expect(act).toThrow('reduceOnPlateau: metric must be a number, got "0.5"');
    expect(plateau.getState().badReports).toBe(0);
  });
});
