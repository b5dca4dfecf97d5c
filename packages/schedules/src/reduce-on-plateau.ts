// SPDX-License-Identifier: Apache-2.0
// Checked against torch 2.13 (ReduceLROnPlateau), and Keras 3.15 and optax 0.2.8 with translated options.

import { choice, custom, integer, outOfRange, real, resolveOptions, type OptionTable } from '@optim/options';
import { checkOrder } from './rows.js';

/** Options of {@link reduceOnPlateau}. */
export interface ReduceOnPlateauOptions {
  /** Rate until the reports say otherwise; in [0, ∞). */
  learningRate: number;
  /** Whether a metric improves by falling ('min') or by rising ('max'); default 'min'. */
  mode?: 'min' | 'max';
  /** Factor of a reduction; in (0, 1), default 0.1. */
  factor?: number;
  /** Bad reports in a row that are let pass; the next one reduces; an integer in [0, ∞), default 10. */
  patience?: number;
  /** By how much a metric has to improve on the best; in [0, ∞), below 1 with 'rel'; default 1e-4. */
  threshold?: number;
  /**
   * Whether the threshold is a share of the best ('rel') or absolute ('abs', for negative
   * metrics); default 'rel'.
   */
  thresholdMode?: 'rel' | 'abs';
  /** Reports after a reduction during which bad ones are not counted; an integer in [0, ∞), default 0. */
  cooldown?: number;
  /** What the rate is never reduced below; in [0, `learningRate`], default 0. */
  minLearningRate?: number;
  /** A reduction by no more than this is not carried out; in [0, ∞), default 1e-8. */
  epsilon?: number;
}

/** What {@link ReduceOnPlateau.getState} gives: JSON, so `best` is a string where it is infinite. */
export interface PlateauState {
  /** The rate in force. */
  readonly rate: number;
  /** The best metric reported, infinite before the first report. */
  readonly best: number | 'Infinity' | '-Infinity';
  /** Bad reports in a row. */
  readonly badReports: number;
  /** Reports left of the cooldown. */
  readonly cooldownLeft: number;
}

/** What {@link reduceOnPlateau} makes. */
export interface ReduceOnPlateau {
  /** The rate in force. */
  readonly learningRate: number;
  /**
   * Takes a report and returns the rate that follows from it. NaN counts as a bad one.
   * @throws TypeError when the metric is not a number.
   */
  update(metric: number): number;
  /** What it has learned from the reports, to go on from after a restart. */
  getState(): PlateauState;
  /**
   * Goes on from a state. A refused one changes nothing.
   * @throws TypeError, RangeError for a part that is missing, unknown or out of range.
   */
  setState(state: PlateauState): void;
}

const table: OptionTable<ReduceOnPlateauOptions> = {
  learningRate: /* #__PURE__ */ real('[0, ∞)'),
  mode: /* #__PURE__ */ choice(['min', 'max']),
  factor: /* #__PURE__ */ real('(0, 1)', 0.1),
  patience: /* #__PURE__ */ integer('[0, ∞)', 10),
  threshold: /* #__PURE__ */ real('[0, ∞)', 1e-4),
  thresholdMode: /* #__PURE__ */ choice(['rel', 'abs']),
  cooldown: /* #__PURE__ */ integer('[0, ∞)', 0),
  minLearningRate: /* #__PURE__ */ real('[0, ∞)', 0),
  epsilon: /* #__PURE__ */ real('[0, ∞)', 1e-8),
};

const stateTable: OptionTable<PlateauState> = {
  rate: /* #__PURE__ */ real('[0, ∞)'),
  best: /* #__PURE__ */ custom(
    "a number, 'Infinity' or '-Infinity'",
    (value) =>
      (typeof value === 'number' || value === 'Infinity' || value === '-Infinity') && !Number.isNaN(value),
  ),
  badReports: /* #__PURE__ */ integer('[0, ∞)'),
  cooldownLeft: /* #__PURE__ */ integer('[0, ∞)'),
};

const reportTable: OptionTable<{ metric: number }> = {
  metric: /* #__PURE__ */ custom('a number', (value) => typeof value === 'number'),
};

/**
 * Reduces a learning rate when a metric has stopped improving. Not a schedule: it has a state, and is fed
 * reports (one per epoch, say) instead of steps.
 *
 *     limit = best * (1 - threshold) | best * (1 + threshold) | best - threshold | best + threshold
 *             for rel/min | rel/max | abs/min | abs/max; best is infinite, the bad way, at first
 *     1. metric better than limit: best = metric, badReports = 0; else badReports += 1
 *     2. cooldownLeft > 0: cooldownLeft -= 1, badReports = 0
 *     3. badReports > patience: new = max(rate * factor, minLearningRate), taken if rate - new > epsilon;
 *        in either case cooldownLeft = cooldown, badReports = 0
 *
 * Differs from Keras and optax, which reduce one bad report earlier.
 *
 * @throws TypeError, RangeError for an option that is missing or outside its range.
 */
export function reduceOnPlateau(options: ReduceOnPlateauOptions): ReduceOnPlateau {
  return plateauOf('reduceOnPlateau', options);
}

/**
 * @internal The same, for an `owner` that errors name.
 *
 * @param inForce - the rate to begin with where none is given: it may be anywhere, also below `minLearningRate`, in a training
 * that goes on
 */
export function plateauOf(
  owner: string,
  options: Partial<ReduceOnPlateauOptions>,
  inForce?: number,
): ReduceOnPlateau {
  const isGiven = inForce === undefined || options.learningRate !== undefined;
  const given = isGiven ? options : { ...options, learningRate: inForce };
  const resolved = resolveOptions<ReduceOnPlateauOptions>(owner, table, given);
  if (isGiven) checkOrder(owner, resolved, 'minLearningRate', 'learningRate');
  const { mode, factor, patience, threshold, thresholdMode, cooldown, minLearningRate, epsilon } = resolved;
  if (thresholdMode === 'rel' && threshold >= 1) {
    throw outOfRange(owner, 'threshold', "below 1 with thresholdMode 'rel'", threshold);
  }
  const sign = mode === 'min' ? -1 : 1;
  let rate = resolved.learningRate;
  let best = -sign * Infinity;
  let badReports = 0;
  let cooldownLeft = 0;

  return {
    get learningRate(): number {
      return rate;
    },
    update(metric: number): number {
      resolveOptions(owner, reportTable, { metric });
      const limit = thresholdMode === 'rel' ? best * (1 + sign * threshold) : best + sign * threshold;
      if (sign * metric > sign * limit) {
        best = metric;
        badReports = 0;
      } else {
        badReports += 1;
      }
      if (cooldownLeft > 0) {
        cooldownLeft -= 1;
        badReports = 0;
      }
      if (badReports > patience) {
        const reduced = Math.max(rate * factor, minLearningRate);
        if (rate - reduced > epsilon) rate = reduced;
        cooldownLeft = cooldown;
        badReports = 0;
      }
      return rate;
    },
    getState(): PlateauState {
      const saved = Number.isFinite(best) ? best : best > 0 ? 'Infinity' : '-Infinity';
      return { rate, best: saved, badReports, cooldownLeft };
    },
    setState(state: PlateauState): void {
      const given = resolveOptions(`${owner} state`, stateTable, state);
      ({ rate, badReports, cooldownLeft } = given);
      best = Number(given.best);
    },
  };
}
