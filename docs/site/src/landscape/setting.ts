// SPDX-License-Identifier: Apache-2.0
// All that can be set, to and from the address of the page.

import { problemOf, type Problem } from './problems.js';

export interface Contestant {
  readonly name: string;
  /** Options that are not at their defaults. */
  readonly options: Readonly<Record<string, number>>;
  /** A schedule of `schedules.ts` for the learning rate, or none. */
  readonly schedule: string;
  readonly hooks: readonly string[];
}

export interface Setting {
  readonly problem: Problem;
  readonly start: readonly [number, number];
  readonly steps: number;
  readonly contestants: readonly Contestant[];
}

export const most = 4;

const fallback = ['AdamW', 'SGDW,learningRate=0.02,momentum=0.9', 'Lion'];

function contestantFrom(text: string): Contestant {
  const [name = '', ...parts] = text.split(',');
  const given = parts.map((part) => part.split('=') as [string, string]);
  const options: Record<string, number> = {};
  for (const [key, value] of given)
    if (key !== 'schedule' && key !== 'hooks' && Number.isFinite(Number(value))) options[key] = Number(value);
  const find = (wanted: string): string => given.find(([key]) => key === wanted)?.[1] ?? '';
  return { name, options, schedule: find('schedule'), hooks: find('hooks').split('+').filter(Boolean) };
}

/** @param known - whether there is a class of that name */
export function settingFrom(
  parameters: URLSearchParams,
  known: (name: string) => boolean,
  names: readonly string[] = fallback,
): Setting {
  const problem = problemOf(parameters.get('on'));
  const [x, y] = (parameters.get('from') ?? '').split(',').map(Number);
  const given = parameters
    .getAll('o')
    .map(contestantFrom)
    .filter(({ name }) => known(name));
  const steps = Number(parameters.get('steps'));
  const isPoint = x !== undefined && y !== undefined && Number.isFinite(x + y);
  return {
    problem,
    start: isPoint ? [x, y] : problem.start,
    steps: Number.isInteger(steps) && steps > 0 ? Math.min(steps, 2000) : 300,
    contestants: given.length > 0 ? given.slice(0, most) : names.map(contestantFrom),
  };
}

export function toAddress({ problem, start, steps, contestants }: Setting): string {
  const parts = contestants.map(({ name, options, schedule, hooks }) => {
    const own = Object.entries(options).map(([key, value]) => `${key}=${value}`);
    if (schedule) own.push(`schedule=${schedule}`);
    if (hooks.length > 0) own.push(`hooks=${hooks.join('+')}`);
    return `o=${[name, ...own].map(encodeURIComponent).join(',').replaceAll('%3D', '=')}`;
  });
  return `?on=${problem.name}&from=${start.map((x) => Number(x.toPrecision(4))).join(',')}&steps=${steps}&${parts.join('&')}`;
}
