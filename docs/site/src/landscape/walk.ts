// SPDX-License-Identifier: Apache-2.0
// The way of an optimizer over a landscape.

import { cosineAnnealing, linearWithWarmup, oneCycle, warmupStableDecay } from '@optim/schedules';
import { cautious, clipByGlobalNorm, clipByValue, normalizeGradients } from '@optim/hooks';
import * as tf from '@tensorflow/tfjs-core';
import type { Controls } from '../../../../tools/site/catalogue.js';
import { random } from '../../../../tools/digits/random.js';
import type { Problem } from './problems.js';
import type { Contestant } from './setting.js';

type Schedule = (step: number) => number;

/** What may be set for the learning rate, from its peak and the number of steps. */
export const schedules: Readonly<Record<string, (peak: number, steps: number) => Schedule>> = {
  cosine: (maxLearningRate, totalSteps) => cosineAnnealing({ maxLearningRate, totalSteps }),
  'warm-up': (maxLearningRate, totalSteps) =>
    linearWithWarmup({ maxLearningRate, totalSteps, warmupSteps: Math.ceil(totalSteps / 10) }),
  'one cycle': (maxLearningRate, totalSteps) =>
    oneCycle({ maxLearningRate, totalSteps: Math.max(totalSteps, 10) }),
  plateau: (maxLearningRate, totalSteps) =>
    warmupStableDecay({
      maxLearningRate,
      warmupSteps: Math.ceil(totalSteps / 10),
      stableSteps: Math.floor(totalSteps * 0.7),
      decaySteps: Math.ceil(totalSteps / 5),
    }),
};

export const hooks = {
  'clip norm': () => clipByGlobalNorm(1),
  'clip value': () => clipByValue(0.5),
  normalize: () => normalizeGradients(),
  cautious: () => cautious(),
};

type Class = new (...parameters: unknown[]) => tf.Optimizer & { stateDict(): Promise<State> };

interface State {
  readonly parameters: readonly {
    readonly slots: Readonly<Record<string, { readonly data: Float32Array }>>;
  }[];
  readonly base?: State | undefined;
}

export type Loaders = Readonly<Record<string, () => Promise<Readonly<Record<string, unknown>>>>>;

/** A new optimizer as it is set; what must be given and is not comes from the number of steps. */
export async function make(
  { name, options, schedule, hooks: wanted }: Contestant,
  { wraps, options: controls }: Controls,
  steps: number,
  loaders: Loaders,
): Promise<InstanceType<Class>> {
  const given: Record<string, unknown> = { ...options };
  for (const { name: option, default: value, range } of controls)
    if (value === undefined) given[option] ??= range.startsWith('an integer') ? steps : 1;
  const rate = given['learningRate'];
  const has = (option: string): boolean => controls.some((control) => control.name === option);
  // A wrapper that decays takes a base that does not.
  const base = { learningRate: rate, ...(has('weightDecay') && { weightDecay: 0 }) };
  const inside: Record<string, unknown> = wraps ? base : given;
  if (wraps && !has('learningRate')) delete given['learningRate'];
  if (schedules[schedule] && typeof rate === 'number')
    inside['learningRate'] = schedules[schedule](rate, steps);
  const chosen = Object.entries(hooks).flatMap(([key, hook]) => (wanted.includes(key) ? [hook()] : []));
  if (chosen.length > 0) inside['transforms'] = chosen;
  const Own = (await loaders[name]!())[name] as Class;
  if (!wraps) return new Own(given);
  const Base = (await loaders['AdamW']!())['AdamW'] as Class;
  return new Own(new Base(inside), given);
}

export interface Walk {
  /** Points by step; the first is the start. */
  readonly points: readonly (readonly [number, number])[];
  /** Values there. */
  readonly values: readonly number[];
  /** Slots by name after the last step. */
  readonly slots: Readonly<Record<string, readonly number[]>>;
}

/** Slots by name; those of a base with its name in front. */
function slotsOf({ parameters, base }: State, prefix = ''): Walk['slots'] {
  const own = Object.entries(parameters[0]?.slots ?? {}).map(
    ([name, { data }]) => [prefix + name, [...data]] as const,
  );
  return { ...Object.fromEntries(own), ...(base ? slotsOf(base, `${prefix}base.`) : {}) };
}

/**
 * Walks from a point.
 *
 * @param breathe - is called now and then, and says whether to go on
 */
export async function walk(
  optimizer: InstanceType<Class>,
  { value, noise = 0 }: Problem,
  start: readonly [number, number],
  steps: number,
  breathe: () => Promise<boolean> = () => Promise.resolve(true),
): Promise<Walk> {
  const point = tf.tidy(() => tf.variable(tf.tensor1d([...start])));
  const next = random(7);
  const points: [number, number][] = [[...start]];
  const values: number[] = [];
  // Three uniform numbers add up to nearly a normal one, of variance 1/4.
  const normal = (): number => 2 * noise * (next() + next() + next() - 1.5);
  const loss = (shift: readonly number[]): tf.Scalar => {
    const [x, y] = [tf.slice(point, [0], [1]), tf.slice(point, [1], [1])];
    const height = tf.sum(value(x, y));
    return (
      noise === 0 ? height : tf.add(height, tf.sum(tf.mul(point, tf.tensor1d([...shift]))))
    ) as tf.Scalar;
  };
  for (let step = 0; step < steps; step++) {
    const shift = [normal(), normal()];
    tf.tidy(() => void optimizer.minimize(() => loss(shift), false, [point]));
    const [x, y] = point.dataSync() as unknown as [number, number];
    points.push([x, y]);
    if (!Number.isFinite(x + y) || (step % 25 === 24 && !(await breathe()))) break;
  }
  const all = tf.tidy(() =>
    value(tf.tensor1d(points.map(([x]) => x)), tf.tensor1d(points.map(([, y]) => y))).dataSync(),
  );
  values.push(...all);
  const slots = slotsOf(await optimizer.stateDict());
  optimizer.dispose();
  point.dispose();
  return { points, values, slots };
}
