// SPDX-License-Identifier: Apache-2.0
// The table of names that the user gives.

import { custom, isRecord, show, type OptionSpec } from '@optim/options';
import type { SavedParameter, StateDict } from '@optim/state';
import type { Axes, Layout } from './layout.js';
import { listed, refused } from './refusal.js';

/** A variable, and how its layout differs. */
export interface ParameterEntry {
  /** Name of the variable of TensorFlow.js. */
  readonly name: string;
  /** Only for PyTorch. @defaultValue `'kernel'` */
  readonly layout?: Layout;
  /** Of a depthwise kernel: output channels for each input channel. @defaultValue `1` */
  readonly multiplier?: number;
}

/**
 * Which variable each parameter is: name on the other side → variable. `null` leaves one out: it starts afresh where the state
 * goes to. With PyTorch the name is that of `named_parameters()`, or the index in `state_dict()`; with Keras the path, and the
 * table is in the order of `model.trainable_variables`.
 *
 * @example `{ 'conv.weight': 'conv2d/kernel', 'embed.weight': { name: 'embed/embeddings', layout: 'same' } }`
 */
export type ParameterTable = Readonly<Record<string, string | ParameterEntry | null>>;

/** The row of a table among options. What is in it {@link rowsOf} checks. */
export const aTable: OptionSpec = /* #__PURE__ */ custom('an object of names', isRecord);

/** A row of the table in one form; without `variable` it is left out. */
export interface Row extends Axes {
  readonly key: string;
  readonly variable: string | null;
}

const layouts: readonly unknown[] = ['kernel', 'depthwise', 'same'];

/**
 * The rows of a table.
 * @throws TypeError for what is no name; RangeError for a variable that is named twice
 */
export function rowsOf(who: string, table: ParameterTable): Row[] {
  const rows = Object.entries(table).map(([key, value]): Row => {
    const entry = typeof value === 'string' ? { name: value } : value;
    if (entry === null) return { key, variable: null, layout: 'same', multiplier: 1 };
    const { name, layout = 'kernel', multiplier = 1 } = isRecord(entry) ? entry : ({} as ParameterEntry);
    const where = `parameters[${show(key)}]`;
    if (typeof name !== 'string' || name === '')
      throw new TypeError(`${who}: ${where} must be the name of a variable, got ${show(value)}`);
    if (!layouts.includes(layout))
      throw refused(who, `${where}.layout`, `be 'kernel', 'depthwise' or 'same'`, layout);
    if (!Number.isSafeInteger(multiplier) || multiplier < 1)
      throw refused(who, `${where}.multiplier`, 'be a positive integer', multiplier);
    return { key, variable: name, layout, multiplier };
  });
  const named = rows.flatMap(({ variable }) => variable ?? []);
  const seen = new Set<string>();
  for (const name of named) {
    if (seen.has(name)) throw refused(who, 'parameters', 'name each variable once', name);
    seen.add(name);
  }
  return rows;
}

/**
 * What a state has for its variables, by name.
 * @throws RangeError where one of them is in no row of the table
 */
export function savedByName(
  who: string,
  { parameters }: StateDict,
  rows: readonly Row[],
): Map<string, SavedParameter> {
  const byName = new Map(parameters.map((parameter) => [parameter.name, parameter]));
  const missing = [...byName.keys()].filter((name) => !rows.some(({ variable }) => variable === name));
  if (missing.length > 0)
    throw refused(
      who,
      'parameters',
      `name every variable of the state, among them ${listed(missing)}`,
      listed(rows.map(({ key }) => key)),
    );
  return byName;
}
