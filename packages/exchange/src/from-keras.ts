// SPDX-License-Identifier: Apache-2.0

import {
  custom,
  encode,
  isArrayOf,
  isRecord,
  nullable,
  resolveOptions,
  show,
  type OptionTable,
} from '@optim/options';
import type { SavedParameter } from '@optim/state';
import type { Exchanged } from './exchanged.js';
import { fromMeans } from './factored.js';
import type { Options } from './fields.js';
import { kerasClasses, type KerasClass } from './keras-classes.js';
import { commonFields } from './keras-common.js';
import type { Block } from './layout.js';
import { kerasFile } from './keras-file.js';
import { float32Of, type FileTensor } from './numbers.js';
import { aTable, rowsOf, type ParameterTable, type Row } from './parameters.js';
import { broken, countOf, listed, refused } from './refusal.js';
import { entryFor, type Target } from './target.js';

/** Options of {@link fromKeras}. */
export interface FromKerasOptions {
  /** Which variable each parameter is, in the order of `model.trainable_variables`. */
  readonly parameters: ParameterTable;
  /** What `optimizer.get_config()` gives; a .keras file says it itself. */
  readonly config?: Readonly<Record<string, unknown>>;
  /** The paths of `optimizer.variables`; given, they are compared with the table. */
  readonly variables?: readonly string[];
}

const who = 'fromKeras';

const table: OptionTable<FromKerasOptions> = {
  parameters: aTable,
  config: /* #__PURE__ */ nullable(/* #__PURE__ */ custom('an object', isRecord)),
  variables: /* #__PURE__ */ nullable(
    /* #__PURE__ */ custom('an array of paths', (value) =>
      isArrayOf(value, (path) => typeof path === 'string'),
    ),
  ),
};

/** The options in a configuration. */
function optionsIn(
  kind: KerasClass,
  config: Readonly<Record<string, unknown>>,
  rate: number | null,
): Options {
  const fields = [...commonFields, ...kind.fields];
  const read = fields.map((field) =>
    field.read(
      Object.hasOwn(config, field.name) ? config[field.name] : undefined,
      (constraint, value) => {
        throw refused(who, `config.${field.name}`, constraint, value);
      },
      '',
    ),
  );
  const known = ['name', 'learning_rate', ...fields.map(({ name }) => name)];
  for (const [name, value] of Object.entries(config))
    if (!known.includes(name) && value !== null && value !== false)
      throw refused(who, `config.${name}`, 'be absent: no option here is known to be the same', value);
  const rates = rate === null ? {} : { learningRate: rate };
  const options: Options = Object.assign(rates, kind.starts, kind.fixed, ...read);
  return { ...options, ...kind.derived?.(options) };
}

/** The variables of a file, taken one after the other. */
class Variables {
  #next = 0;

  constructor(
    private readonly arrays: ReadonlyMap<string, FileTensor>,
    private readonly paths: readonly string[] | null,
  ) {
    if (paths && paths.length !== arrays.size)
      throw refused(who, 'variables', `name as many as the file has, ${arrays.size}`, paths.length);
  }

  /** The next one, whose path ends in a way. */
  take(what: string, end = ''): FileTensor {
    const at = this.#next++;
    const path = this.paths?.[at];
    if (path !== undefined && !path.endsWith(end))
      throw refused(
        who,
        `variables[${at}]`,
        `end with ${show(end)}, the ${what}, by the table and the configuration`,
        path,
      );
    return this.arrays.get(String(at)) ?? broken(who, `the file has no variable "${at}", the ${what}`);
  }

  scalar(what: string, end?: string): number {
    const { data, shape } = this.take(what, end);
    if (data.length !== 1) throw refused(who, `the ${what}`, 'be a scalar', shape);
    return Number(data[0]);
  }

  assertDone(): void {
    if (this.#next !== this.arrays.size)
      throw refused(
        who,
        'the file',
        `have ${this.#next} variables, by the table and the configuration`,
        this.arrays.size,
      );
  }
}

const blockOf = (tensor: FileTensor): Block => ({ shape: tensor.shape, data: float32Of(tensor) });

/** The slots of AdaFactor. Keras keeps an integer in place of means that a parameter does not have. */
function factored(what: string, { R, C, V }: Readonly<Record<string, Block>>): Record<string, Block> {
  if (V!.shape.length < 2) return { V: V! };
  return { ...fromMeans(what, { row: R!, col: C! }, false) };
}

/**
 * The state of an optimizer of Keras 3, to go on with here.
 *
 * The numbers of the file are those of Keras, so that the next step is the one Keras would make, but for the rounding of
 * float32. Adam and AdamW get {@link kerasEpsilon} for ε, and AdaFactor {@link kerasRelativeRate} for its rate, which are what
 * Keras computes. The momentum of SGD, which holds the learning rate there, is divided by the present one.
 *
 * @param bytes - a file of a compiled model, `model.save('x.keras')` or `model.save_weights('x.weights.h5')`; or an .npz file as the
 * script in docs/exchange.md writes it, with what `optimizer.save_own_variables` stores
 * @param target - the class that is to go on, or its name
 * @param exchange - which variable is which, and the configuration
 * @returns options for its constructor, and the state for its `loadStateDict`
 * @throws TypeError for a file that is malformed or holds something else; RangeError for an option that this class does not have, or
 * variables that the table and the configuration do not lead to
 *
 * @example
 * ```ts
 * import { AdamW } from '@optim/adamw';
 * import { fromKeras } from '@optim/exchange';
 *
 * const parameters = { 'dense/kernel': 'dense_Dense1/kernel', 'dense/bias': 'dense_Dense1/bias' };
 *
 * async function resume(npz: Uint8Array, json: string): Promise<AdamW> {
 *   const { config, variables } = JSON.parse(json);
 *   const { options, state } = fromKeras(npz, AdamW, { parameters, config, variables });
 *   const optimizer = new AdamW(options);
 *   await optimizer.loadStateDict(state);
 *   return optimizer;
 * }
 * ```
 */
export function fromKeras(bytes: Uint8Array, target: Target, exchange: FromKerasOptions): Exchanged {
  const {
    parameters,
    variables: paths,
    config: own,
  } = resolveOptions<FromKerasOptions>(who, table, exchange);
  const { name: className, entry: kind } = entryFor(who, kerasClasses, target);
  const file = kerasFile(who, bytes);
  const config = own ?? file.config;
  if (!isRecord(config)) throw new TypeError(`${who}: config must be an object, got ${show(config)}`);
  const rows = rowsOf(who, parameters);
  const index = rows.find(({ key, layout }) => /^\d+$/.test(key) || layout === 'depthwise');
  if (index) throw refused(who, 'parameters', 'be named by paths, all with the same layout', index.key);
  const variables = new Variables(file.arrays, paths);
  const step = countOf(who, 'the iteration', variables.scalar('iteration', 'iteration'));
  // With a schedule there is no such variable.
  const isNumber = typeof config['learning_rate'] === 'number';
  const rate = isNumber ? variables.scalar('learning rate', 'learning_rate') : null;
  if (kind.needsRate && !(rate !== null && rate > 0 && Number.isFinite(rate)))
    throw refused(
      who,
      'config.learning_rate',
      'be a number above 0 for this class',
      rate ?? config['learning_rate'],
    );
  const options = optionsIn(kind, config, rate);
  const slots = slotsIn(kind, options, rows, variables);
  if (kind.last) {
    const [value, want] = [variables.scalar('product of momenta'), kind.last(options, step)];
    if (!(Math.abs(value - want) <= 1e-7 * (step + 2) * want))
      throw refused(
        who,
        'the product of momenta',
        `be ${want}, which follows from the options: they must have been the same from the first step on`,
        value,
      );
  }
  variables.assertDone();
  const saved = rows.flatMap((row): SavedParameter | [] => {
    const own = slots.get(row)!;
    if (row.variable === null) return [];
    const what = `${who}: ${show(row.key)}`;
    const made = kind.isFactored ? factored(what, own) : own;
    const shape = Object.values(own).at(-1)?.shape;
    return { name: row.variable, ...(shape && { shape }), dtype: 'float32', updates: step, slots: made };
  });
  return {
    options,
    state: {
      format: 1,
      optimizer: className,
      step,
      hyperparameters: encode(options),
      globals: {},
      parameters: saved,
    },
  };
}

/** The slots of every parameter, in the layout of Keras. */
function slotsIn(
  kind: KerasClass,
  options: Options,
  rows: readonly Row[],
  variables: Variables,
): Map<Row, Record<string, Block>> {
  const slots = new Map(rows.map((row) => [row, {} as Record<string, Block>]));
  const factor = kind.factor?.(options);
  for (const run of kind.runs(options)) {
    for (const [row, own] of slots) {
      for (const [slot, end] of run) {
        // What has no end of its own is named as the variable within its layer.
        const path = end ? `${row.key.replaceAll('/', '_')}_${end}` : row.key.replace(/^.*\//s, '');
        const { shape, data } = blockOf(variables.take(`${end || slot} of ${show(row.key)}`, path));
        own[slot] = { shape, data: factor === undefined ? data : data.map((x) => x * factor) };
      }
    }
  }
  if (!kind.isFactored)
    for (const [{ key }, own] of slots) {
      const shapes = new Set(Object.values(own).map(({ shape }) => String(shape)));
      if (shapes.size > 1)
        throw refused(who, `the variables of ${show(key)}`, 'have one shape', listed(shapes));
    }
  return slots;
}
