// SPDX-License-Identifier: Apache-2.0
// What was measured of a class: one file each in docs/results, from which the tables of the docs are made.

import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { root } from './workspace.js';

/** Result of a class in its trial. */
export interface Training {
  /** Share of the test digits recognized. */
  readonly accuracy: number;
  /** Training loss of the first step. */
  readonly firstLoss: number;
  /** Mean training loss of the last steps. */
  readonly lastLoss: number;
  readonly seconds: number;
  /** Bytes of state by parameter. */
  readonly stateBytes: number;
  /** Kernels of a step beyond those of one evaluation of the loss and its gradients. */
  readonly kernels: number;
}

/** A step on one backend and list of parameters. */
export interface Speed {
  /** By parameter. */
  readonly nanoseconds: number;
  /** How many times faster than `tf.train.adam`, measured with it. */
  readonly timesFaster: number;
  /** How many times the time of the triad, measured with it. */
  readonly ofMemoryLimit?: number;
  /** How many times the time in which the triad would move what a rule of one kernel moves. */
  readonly ofSameBytes?: number;
  /** Kernels in one step, for all parameters. */
  readonly kernels: number;
  /** Bytes that the kernels of one step allocate. */
  readonly bytes?: number;
}

/** A step beside another one that was measured with it, including what comes but once in several steps. */
export interface Cost {
  readonly against: string;
  /** The multiple that is aimed at. */
  readonly atMost?: number;
  /** By parameter. */
  readonly nanoseconds: number;
  /** How many times as long. */
  readonly ratio: number;
}

/** A loss by the evaluations before it. */
export type Curve = Readonly<Record<number, number>>;

/** The first steps of a page, from nothing loaded to kernels in use. */
export interface FirstSteps {
  /** By number of the step, with the loss read. */
  readonly milliseconds: Readonly<Record<number, number>>;
  /** The step from which on kernels ran; none for what has no kernels of its own. */
  readonly kernelsFrom?: number;
}

/** How far a class strays from the numbers of its references on an executor: the largest deviation of all its golden cases. */
export interface Deviation {
  /** The largest |got − want| / (|want| + 1e-3). */
  readonly largest: number;
  /** The case in which it was met, and what a test allows there. */
  readonly case: string;
  readonly tolerance: number;
}

export interface Results {
  readonly training?: Training;
  /** By backend and layout, as `wasm, 1M`. */
  readonly speed?: Readonly<Record<string, Speed>>;
  /** By backend and what was stepped on, as `wasm, 1024 x 1024`. */
  readonly costs?: Readonly<Record<string, Cost>>;
  /** By problem, of the class and of what it is compared with. */
  readonly curves?: Readonly<Record<string, Readonly<Record<string, Curve>>>>;
  /** By backend. */
  readonly firstSteps?: Readonly<Record<string, FirstSteps>>;
  /** By executor: `cpu`, `wasm`, `webgl`, `webgpu`, and `ops` for plain ops. */
  readonly deviations?: Readonly<Record<string, Deviation>>;
}

const folderOf = (from: string): string => join(from, 'docs', 'results');

/** What is known of each class. */
export function readResults(from: string = root): Map<string, Results> {
  const folder = folderOf(from);
  const files = existsSync(folder) ? readdirSync(folder).filter((file) => file.endsWith('.json')) : [];
  const read = (file: string): Results => JSON.parse(readFileSync(join(folder, file), 'utf8')) as Results;
  return new Map(files.map((file) => [basename(file, '.json'), read(file)]));
}

/** Three digits: no machine measures more. */
function rounded(_key: string, value: unknown): unknown {
  return typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(3)) : value;
}

/** Writes what is new of a class; what else is known of it stays. */
export function writeResults(
  name: string,
  { training, speed, costs, curves, firstSteps, deviations }: Results,
  from: string = root,
): void {
  const known = readResults(from).get(name) ?? {};
  const merged = {
    ...known,
    ...(training && { training }),
    ...(speed && { speed: { ...known.speed, ...speed } }),
    ...(curves && { curves: { ...known.curves, ...curves } }),
    ...(costs && { costs: { ...known.costs, ...costs } }),
    ...(firstSteps && { firstSteps: { ...known.firstSteps, ...firstSteps } }),
    ...(deviations && { deviations: { ...known.deviations, ...deviations } }),
  };
  mkdirSync(folderOf(from), { recursive: true });
  writeFileSync(join(folderOf(from), `${name}.json`), `${JSON.stringify(merged, rounded, 2)}\n`);
}
