// SPDX-License-Identifier: Apache-2.0

import type { Schedule, ScheduleConfig } from '@optim/core';
import json from '../../testing/golden/schedules.json' with { type: 'json' };
import * as api from '../src/index.js';

type Series = readonly (readonly [step: number, value: number | null])[];

/** One golden case: a schedule's name and options, and what it gives. */
export interface GoldenEntry extends ScheduleConfig {
  readonly notes: string;
  readonly values: Series;
  readonly momentum?: Series;
  readonly metrics?: readonly number[];
  readonly parameterNames?: readonly string[];
  readonly weightDecay?: Series;
}

export const golden: readonly GoldenEntry[] = json as unknown as GoldenEntry[];

/** Names that are functions of something else than the step. */
export const notSchedules: ReadonlySet<string> = new Set([
  'reduceOnPlateau',
  'layerwiseDecay',
  'debertaV3LayerRates',
]);

export const schedules: readonly GoldenEntry[] = golden.filter((entry) => !notSchedules.has(entry.schedule));

type Options = Record<string, unknown> & { schedule: ScheduleConfig; schedules: ScheduleConfig[] };

/** The schedule of a golden case, made the way a user makes it. */
export function make({ schedule: name, options }: ScheduleConfig): Schedule {
  const { schedule, schedules: list, ...rest } = options as Options;
  switch (name) {
    case 'join':
      return api.join({ ...rest, schedules: list.map(make) } as unknown as api.JoinOptions);
    case 'scale':
      return api.scale(make(schedule), rest['factor'] as number);
    case 'multiply':
      return api.multiply(list.map(make));
    case 'perEpoch':
      return api.perEpoch(make(schedule), rest['stepsPerEpoch'] as number);
    case 'withWarmup':
      return api.withWarmup(make(schedule), rest as unknown as api.WithWarmupOptions);
    case 'proportional':
      return api.proportional(make(schedule), rest as unknown as api.ProportionalOptions);
    default:
      return factory(name)(options);
  }
}

/** A function of this package by its name. */
export function factory(name: string): (options: object) => Schedule {
  return (api as unknown as Record<string, (options: object) => Schedule>)[name]!;
}
