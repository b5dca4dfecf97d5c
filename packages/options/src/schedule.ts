// SPDX-License-Identifier: Apache-2.0

/** What a schedule was made of: enough to make it again with {@link scheduleFromConfig}. */
export interface ScheduleConfig {
  /** The name it was defined under, e.g. `cosineAnnealing`. */
  readonly schedule: string;
  /** Its options; a schedule inside them appears as its own `ScheduleConfig`. */
  readonly options: Readonly<Record<string, unknown>>;
}

/** Where a schedule is largest. */
export interface Peak {
  readonly step: number;
  readonly value: number;
}

/**
 * A pure function of the step. `step` counts the updates already done, so `schedule(0)` is the value of the FIRST
 * update. One made by {@link defineSchedule} carries its `config` and can be saved with an optimizer; a plain
 * function works in training but cannot be saved.
 */
export interface Schedule {
  (step: number): number;
  readonly config?: ScheduleConfig;
  /** Its largest value of all, and a step that has it; absent where that is not known, as for plain functions. */
  readonly peak?: Peak | undefined;
}

/** Whether a function is a class, which cannot be called. */
function isClass(value: object): boolean {
  const { prototype } = value as { prototype?: unknown };
  const methods = typeof prototype === 'object' && prototype ? Object.getOwnPropertyNames(prototype) : [];
  return methods.length > 1 || /^class\b/.test(Function.prototype.toString.call(value));
}

/** Whether a value is a function that can be called, as a schedule, a loss, a predicate must be: any but a class. */
export function isCallable(value: unknown): value is (...args: never[]) => unknown {
  return typeof value === 'function' && !isClass(value);
}

/** Whether an option that has been checked is a schedule. */
export function isSchedule(value: unknown): value is Schedule {
  return typeof value === 'function';
}
