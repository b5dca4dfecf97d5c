// SPDX-License-Identifier: Apache-2.0
// An optimizer as plain data.

import { BaseOptimizer, type Hook, type Optimizer } from '@optim/core/authoring';
import { Wrapper } from '@optim/wrapper';
import * as hooks from '@optim/hooks';
import {
  custom,
  isArrayOf,
  isRecord,
  type OptionSpec,
  type OptionTable,
  resolveOptions,
  show,
} from '@optim/options';
import { classOf, optimizers } from './load-optimizer.js';
import { properName } from './names.js';
import { readMatch, readOptions } from './saved-options.js';

/** Options as JSON: schedules as `{ schedule, options }`, matches as `{ name, flags }`, infinities as strings. */
export type SavedOptions = Readonly<Record<string, unknown>>;

/** A hook as JSON. */
export interface HookSpec {
  /** Its name in any case: `centralizeGradients`. */
  readonly hook: string;
  readonly options?: SavedOptions;
}

/** A wrapper as JSON. */
export interface WrapSpec {
  /** Its class in any case: `Lookahead`. */
  readonly name: string;
  readonly options?: SavedOptions;
}

/** An optimizer as JSON. */
export interface OptimizerSpec {
  /** Class of the optimizer in any case: `AdamW`. */
  readonly name: string;
  /** Its options, but for `transforms`. */
  readonly options?: SavedOptions;
  /** Hooks, in the order in which they run. */
  readonly transforms?: readonly HookSpec[];
  /** What goes around it, from the inside to the outside. */
  readonly wrap?: readonly WrapSpec[];
  /**
   * Variables without weight decay: regular expressions, each to be found anywhere in the name. Hooks that decay leave them
   * alone too, unless they have an `exclude` of their own. See {@link noDecayOf}.
   */
  readonly noDecay?: readonly string[];
}

/** As many hooks, and as many wrappers, an optimizer may have: wrappers call one another. */
const most = 100;
const isShort = (value: unknown): boolean => Array.isArray(value) && value.length <= most;
const isString = (value: unknown): value is string => typeof value === 'string';

const aName = (): OptionSpec => custom('a string', isString);
const anObject = (): OptionSpec => custom('an object', isRecord, {});

// Made when they are needed, so that a bundler leaves them out where they are not.
const specRows = (): OptionTable<OptimizerSpec> => ({
  name: aName(),
  options: anObject(),
  transforms: custom(`an array of { hook, options }, at most ${most}`, isShort, []),
  wrap: custom(`an array of { name, options }, at most ${most}`, isShort, []),
  noDecay: custom('an array of strings', (value) => isArrayOf(value, isString), []),
});

const hookRows = (): OptionTable<HookSpec> => ({ hook: aName(), options: anObject() });
const wrapRows = (): OptionTable<WrapSpec> => ({ name: aName(), options: anObject() });

type Algorithm = Pick<typeof Optimizer, 'rule' | 'options'> & {
  readonly className: string;
  new (options: object): BaseOptimizer;
};
type WrapperClass = new (base: BaseOptimizer, options: object) => BaseOptimizer;

function entry<O extends object>(where: string, rows: OptionTable<O>, given: unknown): Required<O> {
  if (!isRecord(given)) throw new TypeError(`@optim/all: ${where} must be an object, got ${show(given)}`);
  return resolveOptions(`@optim/all: ${where}`, rows, given);
}

const isWrapper = (Class: { readonly prototype: object }): boolean => Class.prototype instanceof Wrapper;

function algorithm(name: string): Algorithm {
  const Class = classOf('name', name) as unknown as Algorithm;
  if (isWrapper(Class))
    throw new RangeError(
      `@optim/all: name must be that of an optimizer, got ${show(name)}, which goes around one: list it in wrap`,
    );
  return Class;
}

function wrapper(given: unknown, i: number): { Class: WrapperClass; options: object } {
  const { name, options } = entry(`wrap[${i}]`, wrapRows(), given);
  const Class = classOf(`wrap[${i}].name`, name);
  if (!isWrapper(Class))
    throw new RangeError(
      `@optim/all: wrap[${i}].name must be that of a wrapper, such as Lookahead or SAM, got ${show(name)}`,
    );
  return { Class: Class as unknown as WrapperClass, options: readOptions(`wrap[${i}].options`, options) };
}

/** What makes hooks from options; functions beside them read or look at models. */
const hookFactories = (): Readonly<Record<string, (options: object) => Hook>> =>
  Object.fromEntries(Object.entries(hooks).filter(([, each]) => 'options' in each)) as never;

function hook(given: unknown, i: number, noDecay: readonly string[]): Hook {
  const where = `transforms[${i}]`;
  const { hook: name, options } = entry(where, hookRows(), given);
  const factories = hookFactories();
  const factory = factories[properName(`${where}.hook`, 'a hook', name, Object.keys(factories))]!;
  const read = readOptions(`${where}.options`, options);
  const made = factory(read);
  if (!made.decay || noDecay.length === 0 || 'exclude' in read) return made;
  const source = noDecay.map((pattern) => `(?:${pattern})`).join('|');
  return factory({ ...read, exclude: readMatch('noDecay', { name: source, flags: '' }) });
}

/** A group without decay for each pattern: joined, many patterns would be as slow as one with all their repetitions. */
function groupsWithout({ className, options, rule }: Algorithm, noDecay: readonly string[]): object[] {
  const strengths = ['weightDecay', ...(rule.decayOptions ?? [])].filter((name) => name in options);
  if (strengths.length === 0)
    throw new RangeError(`@optim/all: noDecay must be empty for ${className}, which has no weight decay`);
  const none = Object.fromEntries(strengths.map((name) => [name, 0]));
  return noDecay.map((pattern, i) => ({
    match: readMatch(`noDecay[${i}]`, { name: pattern, flags: '' }),
    ...none,
  }));
}

/** The optimizer that a {@link OptimizerSpec} describes; all of it is checked before anything is given back. */
export function optimizerOf(spec: object): BaseOptimizer {
  const { name, options, transforms, wrap, noDecay } = resolveOptions('@optim/all', specRows(), spec);
  const Class = algorithm(name);
  const wrappers = Array.from(wrap, wrapper);
  const own = readOptions('options', options);
  if ('transforms' in own)
    throw new TypeError('@optim/all: transforms must stand beside options, got options.transforms');
  if (noDecay.length > 0) {
    const { parameterGroups: groups = [] } = own;
    if (!Array.isArray(groups) || groups.length > 0)
      throw new RangeError(
        `@optim/all: noDecay must be empty where there are options.parameterGroups, which can say weightDecay: 0 themselves; got ${show(noDecay)}`,
      );
    own['parameterGroups'] = groupsWithout(Class, noDecay);
  }
  if (transforms.length > 0)
    own['transforms'] = Array.from(transforms, (given, i) => hook(given, i, noDecay));
  let made: BaseOptimizer = new Class(own);
  try {
    for (const { Class: Wrapping, options: around } of wrappers) made = new Wrapping(made, around);
  } catch (error) {
    made.dispose();
    throw error;
  }
  return made;
}

/**
 * An optimizer as plain JSON, of which `createOptimizer` makes one like it: with options, hooks and wrappers, and without
 * state. Variables without weight decay appear among its `parameterGroups`.
 *
 * @throws TypeError for a function among the options that is no schedule with a configuration; TypeError or RangeError for an
 * optimizer, or one inside a wrapper, that is not of `@optim/all`
 */
export function specOf(optimizer: BaseOptimizer): OptimizerSpec {
  if (!(optimizer instanceof BaseOptimizer))
    throw new TypeError(`@optim/all: optimizer must be one of @optim/all, got ${show(optimizer)}`);
  const name = nameOf(optimizer);
  const { transforms, ...options } = optimizer.getConfig() as Record<string, unknown>;
  if (!(optimizer instanceof Wrapper)) return { name, options, transforms: transforms as HookSpec[] };
  delete options['base'];
  const inside = specOf(optimizer.base as BaseOptimizer);
  return { ...inside, wrap: [...(inside.wrap ?? []), { name, options }] };
}

/** The name under which the class of an optimizer is exported: TensorFlow.js may know it by another. */
function nameOf(optimizer: BaseOptimizer): string {
  const exported = Object.entries(optimizers).find(([, Class]) => Class === optimizer.constructor);
  if (exported) return exported[0];
  const name = optimizer.getClassName();
  classOf('optimizer', name);
  return name;
}
