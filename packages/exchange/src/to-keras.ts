// SPDX-License-Identifier: Apache-2.0

import { resolveOptions, show } from '@optim/options';
import type { SavedParameter, StateDict } from '@optim/state';
import { toMeans } from './factored.js';
import type { Options } from './fields.js';
import { kerasClasses, type KerasClass } from './keras-classes.js';
import { commonFields } from './keras-common.js';
import type { Block } from './layout.js';
import { writeNpz } from './npz.js';
import { sizeOf, tensorOf, type FileTensor } from './numbers.js';
import { aTable, rowsOf, savedByName, type ParameterTable, type Row } from './parameters.js';
import { assertFixed, plainOptions, stateIn } from './plain-options.js';
import { broken, countOf, listed, refused } from './refusal.js';
import { entryFor } from './target.js';

/** Options of {@link toKeras}. */
export interface ToKerasOptions {
  /** Which variable each parameter is, in the order of `model.trainable_variables`: all of them. */
  readonly parameters: ParameterTable;
}

/** An optimizer of Keras. */
export interface KerasState {
  /** An .npz file with what `optimizer.load_own_variables` takes. */
  readonly bytes: Uint8Array;
  /** What `from_config` of the class takes. */
  readonly config: Readonly<Record<string, unknown>>;
}

const who = 'toKeras';

const count = (value: number): FileTensor => ({ dtype: 'I32', shape: [], data: Int32Array.of(value) });

/** The slots of AdaFactor as Keras has them: of a matrix the moment that its means stand for, too; it is made anew in a step. */
function factored(
  what: string,
  slots: Readonly<Record<string, Block>>,
  shape: readonly number[],
): FileTensor[] {
  const { R, C, V } = slots;
  if (V) return [count(0), count(0), tensorOf(V.shape, V.data)];
  if (!R || !C) return broken(what, 'the state has neither V nor R and C');
  const { row, col } = toMeans(what, { R, C }, shape, false);
  const size = sizeOf(shape);
  return [
    tensorOf(row.shape, row.data),
    tensorOf(col.shape, col.data),
    tensorOf(shape, new Float32Array(size)),
  ];
}

/** The variables of a parameter for a run of slots. */
function variablesOf(
  kind: KerasClass,
  run: readonly (readonly [slot: string, end: string])[],
  { row, saved }: Item,
  options: Options,
): FileTensor[] {
  const what = `${who}: ${show(row.key)}`;
  const { slots } = saved;
  const shape = saved.shape ?? Object.values(slots)[0]?.shape ?? [];
  if (kind.isFactored) return factored(what, slots as Readonly<Record<string, Block>>, shape);
  const factor = kind.factor?.(options);
  return run.map(([slot]) => {
    const { shape: its, data } = slots[slot] ?? broken(what, `the state has no slot ${show(slot)}`);
    return tensorOf(its, factor === undefined ? data : data.map((x) => x / factor));
  });
}

interface Item {
  readonly row: Row;
  readonly saved: SavedParameter;
}

function itemsOf(state: StateDict, kind: KerasClass, rows: readonly Row[], slots: readonly string[]): Item[] {
  const byName = savedByName(who, state, rows);
  return rows.map((row) => {
    const saved = byName.get(row.variable ?? '');
    if (!saved)
      throw refused(
        who,
        `parameters[${show(row.key)}]`,
        'be a variable of the state, since Keras keeps state for each',
        row.variable,
      );
    if (kind.counts && saved.updates !== state.step)
      throw refused(
        who,
        `${show(row.key)}: the updates`,
        `be as many as the steps, ${state.step}, since Keras counts them together`,
        saved.updates,
      );
    const extra = Object.keys(saved.slots).filter((slot) => !slots.includes(slot));
    if (extra.length > 0)
      broken(`${who}: ${show(row.key)}`, `slot ${listed(extra)} has no counterpart in Keras`);
    return { row, saved };
  });
}

/**
 * The state of an optimizer here, to go on with in Keras 3.
 *
 * A file of Keras holds no groups: give `exclude_from_weight_decay` there, and other options nowhere. A schedule of the learning
 * rate or the decay is written as its value at the step. Options that Keras does not have must be as Keras does it: `epsilon` of
 * Adam and AdamW {@link kerasEpsilon}, the rate of AdaFactor {@link kerasRelativeRate}, the decay decoupled.
 *
 * @param given - of `stateDict()`
 * @param exchange - which variable is which
 * @returns an .npz file and a configuration, which the script in docs/exchange.md loads
 * @throws TypeError for a state with slots or globals that Keras does not have, those of hooks among them; RangeError for an
 * option that it does not have, a variable that the table does not name, or one that has had fewer updates than others
 *
 * @example
 * ```ts
 * import { AdamW } from '@optim/adamw';
 * import { kerasEpsilon, toKeras } from '@optim/exchange';
 *
 * const parameters = { 'dense/kernel': 'dense_Dense1/kernel', 'dense/bias': 'dense_Dense1/bias' };
 * const optimizer = new AdamW({ epsilon: kerasEpsilon({ epsilon: 1e-7, beta2: 0.999 }) });
 *
 * async function handedOver(): Promise<{ npz: Uint8Array; json: string }> {
 *   const { bytes, config } = toKeras(await optimizer.stateDict(), { parameters });
 *   return { npz: bytes, json: JSON.stringify({ config }) };
 * }
 * ```
 */
export function toKeras(given: StateDict, exchange: ToKerasOptions): KerasState {
  const { parameters } = resolveOptions<ToKerasOptions>(who, { parameters: aTable }, exchange);
  const { state, hyperparameters } = stateIn(who, given);
  const { entry: kind } = entryFor(who, kerasClasses, state.optimizer);
  const step = countOf(who, 'the step', state.step);
  if (Object.keys(state.globals).length > 0)
    broken(who, `${listed(Object.keys(state.globals))} of the state have no counterpart in Keras`);
  const plain = plainOptions(who, step, hyperparameters, kind.scheduled);
  assertFixed(who, plain, kind.fixed);
  const options = { ...plain, ...kind.underived?.(who, plain) };
  const { learningRate: rate } = options as { learningRate?: unknown };
  if (typeof rate !== 'number' || (kind.needsRate && rate === 0))
    throw refused(who, 'learningRate', `be a number${kind.needsRate ? ' above 0' : ''}`, rate);
  const runs = kind.runs(options);
  const slots = runs.flat().map(([slot]) => slot);
  const items = itemsOf(state, kind, rowsOf(who, parameters), slots);
  const variables = [
    count(step),
    tensorOf([], [rate]),
    ...runs.flatMap((run) => items.flatMap((item) => variablesOf(kind, run, item, options))),
    ...(kind.last ? [tensorOf([], [kind.last(options, step)])] : []),
  ];
  const refuse = (option: string, constraint: string): never => {
    throw refused(who, option, `be ${constraint}: there is no such option in Keras`, options[option]);
  };
  const fields = [...commonFields, ...kind.fields].map((field) => [field.name, field.write(options, refuse)]);
  return {
    bytes: writeNpz(new Map(variables.map((tensor, i) => [String(i), tensor]))),
    config: { learning_rate: rate, ...Object.fromEntries(fields) },
  };
}
