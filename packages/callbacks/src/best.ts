// SPDX-License-Identifier: Apache-2.0
// The best of the values that a metric has had.

import {
  choice,
  custom,
  integer,
  real,
  resolveOptions,
  type OptionSpec,
  type OptionTable,
} from '@optim/options';

/** Options of what compares metrics. */
export interface MonitorOptions {
  /** Name of the metric among the logs of an epoch; default 'val_loss'. */
  monitor?: string;
  /** Whether it improves by falling ('min') or by rising ('max'); 'auto' goes by its name; default 'auto'. */
  mode?: 'auto' | 'min' | 'max';
  /** By how much it has to improve to count as better; in [0, ∞), default 0. */
  minDelta?: number;
}

/** The row of a name among the logs. */
export const aMetric = (value?: string): OptionSpec =>
  custom('the name of a metric', (given) => typeof given === 'string', value);

/** The rows of {@link MonitorOptions}. */
export const monitorTable: OptionTable<MonitorOptions> = {
  monitor: /* #__PURE__ */ aMetric('val_loss'),
  mode: /* #__PURE__ */ choice(['auto', 'min', 'max']),
  minDelta: /* #__PURE__ */ real('[0, ∞)', 0),
};

const isNumber = (value: unknown): boolean => typeof value === 'number';
const reportTable: OptionTable<{ epoch: number; value: number }> = {
  epoch: /* #__PURE__ */ integer('[0, ∞)'),
  value: /* #__PURE__ */ custom('a number', isNumber),
};

/**
 * Refuses what is no value of an epoch; NaN is one.
 * @throws TypeError, RangeError
 */
export function assertReport(owner: string, epoch: number, value: number): void {
  resolveOptions(owner, reportTable, { epoch, value });
}

/** What the names of metrics contain that are better when they are larger. */
const rising = /acc|precision|recall|auc|f1|r2|iou|dice|cosine/i;

/** What is compared, and how. */
interface Compared {
  readonly monitor: string | null;
  readonly mode: 'auto' | 'min' | 'max';
}

/** Whether a metric is better when it is smaller or when it is larger. */
export function modeOf({ monitor, mode }: Compared): 'min' | 'max' {
  if (mode !== 'auto') return mode;
  return monitor !== null && rising.test(monitor) ? 'max' : 'min';
}

/** The best value so far. NaN is never better. */
export class Best {
  /** The best value; `null` before the first. */
  value: number | null = null;
  readonly #sign: number;
  readonly #minDelta: number;

  constructor(options: Required<MonitorOptions>) {
    this.#sign = modeOf(options) === 'max' ? -1 : 1;
    this.#minDelta = options.minDelta;
  }

  /** Takes a value and says whether it is better than all before. */
  take(value: number): boolean {
    const sign = this.#sign;
    const minDelta = this.#minDelta;
    const isBetter = this.value === null ? !Number.isNaN(value) : sign * value < sign * this.value - minDelta;
    if (isBetter) this.value = value;
    return isBetter;
  }
}

/** Whether it is what {@link plainNumber} gives. */
const isPlain = (value: unknown): boolean =>
  value === null || value === 'Infinity' || value === '-Infinity' || typeof value === 'number';

/** The row of a number in a state. */
export const aNumber: OptionSpec = /* #__PURE__ */ custom(
  "a number, 'Infinity', '-Infinity' or null",
  isPlain,
);

/** A number for a state: JSON has no infinities. */
export function plainNumber(value: number | null): number | string | null {
  return value === null || Number.isFinite(value) ? value : String(value);
}

/** The inverse of {@link plainNumber}. */
export function numberFrom(saved: unknown): number | null {
  return saved === null ? null : Number(saved);
}
