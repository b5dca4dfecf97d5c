// SPDX-License-Identifier: Apache-2.0

import type { Expression } from '@optim/fusion';
import type * as tf from '@tensorflow/tfjs-core';
import {
  custom,
  fromConfig,
  isConfig,
  encode,
  encodeMatch,
  isMatch,
  matches,
  type Match,
  type OptionSpec,
  type OptionTable,
  resolveOptions,
} from '@optim/options';
import type { GlobalValue } from '@optim/state';
import type { Results, SlotInit } from './rule.js';

/** What a hook was made of: enough to make it again with {@link hookFromConfig}. */
export interface HookConfig {
  readonly hook: string;
  readonly options: Readonly<Record<string, unknown>>;
}

type Tensors = Record<string, Expression>;

/**
 * A change of the gradient before the rule, or of the parameter before or after it, traced and fused with the rule. Hooks
 * run in the order given. Each may keep slots per parameter and globals per optimizer, and may observe all parameters
 * first; names are its own, the optimizer keeps them apart.
 */
export interface Hook {
  /** Appears in errors, state dicts and {@link Hook.config}; letters and digits only. */
  readonly name: string;
  /** Absent for a hook that cannot be saved. */
  readonly config?: HookConfig;
  /**
   * What it reads of the algorithm; an optimizer that does not have it refuses the hook. `'learningRate'` is the rate in
   * force, seen by `decay` and `update` among the globals. `'secondMoment'`, bias-corrected, and `'step'`, what the rule takes
   * off, are seen by `observe`, which then comes after all observations of the algorithm itself, and before hooks on updates:
   * it is the moment that this step divides by. With `'step'` it also sees the learning rate, if the hook reads that.
   */
  readonly reads?: readonly ('learningRate' | 'secondMoment' | 'step')[];
  /** Variables that it observes like all others, and leaves alone otherwise. */
  readonly exclude?: Match | null;
  /** Tensors kept per parameter. */
  readonly slots?: Readonly<Record<string, SlotInit>>;
  /** Numbers and vectors kept per optimizer, with their first values. */
  readonly globals?: Readonly<Record<string, GlobalValue>>;
  /**
   * Numbers of one parameter in one step, made on the host in float64; seen by `gradient`, `decay` and `update` among the
   * globals, and drawn from by `random`. One that is a boolean is an ordinary value there, to branch on: each makes a trace.
   *
   * @param step - the number of this step of the optimizer, from 1
   * @param order - how many of the optimizer's variables come before this one, as in `Appearance`; a function declared with
   * `step` alone is called once for all parameters that are otherwise alike
   */
  coefficients?(step: number, order: number): Readonly<Record<string, number | boolean>>;
  /** Scalars of one parameter, to be summed over all: sees `param`, `grad` (after the hooks before) and own slots. */
  observe?(tensors: Tensors): Results;
  /** From the sums and own globals to new globals, kept if declared, else for this step only. */
  combine?(sums: Tensors, globals: Tensors): Results;
  /** New `grad`, and own slots. */
  gradient?(tensors: Tensors, globals: Tensors): Results;
  /** New `param`, and own slots: a decay of its own, after that of the optimizer and before the rule. */
  decay?(tensors: Tensors, globals: Tensors): Results;
  /**
   * New `param`, and own slots, after the rule: sees `param`, `old` (before the step), `start` (before the rule, decayed),
   * `step` (start − param, what the rule takes off), `grad` (before coupled decay) and own slots.
   */
  update?(tensors: Tensors, globals: Tensors): Results;
  /** A condition; where it does not hold the whole step leaves parameters, slots and globals of others unchanged. */
  guard?(globals: Tensors): Expression;
  /**
   * Called before a step, which it refuses by throwing, with all globals and the key before the names of its own. What it gives
   * back is called after the step and says whether that counts, as an update of its parameters and as a step of the optimizer.
   */
  counted?(globals: ReadonlyMap<string, tf.Tensor>, key: string): () => boolean;
}

type Factory = (options: never) => Hook;

const factories = new Map<string, Factory>();

/**
 * Defines a named, validated, serializable hook.
 *
 * @param name - name in errors and in saved configurations
 * @param table - its options; one of the name `exclude` or `match` (see {@link exclude}) becomes {@link Hook.exclude}
 * @param build - from checked options to the parts of the hook
 * @param short - the option that a plain number given in place of the options object stands for
 * @returns a function from options (or that one number) to {@link Hook}
 */
export function defineHook<O extends object>(
  name: string,
  table: OptionTable<O>,
  build: (options: Required<O>) => Omit<Hook, 'name' | 'config' | 'exclude'>,
  short?: keyof O & string,
): (options?: O | number) => Hook {
  const factory = (given: O | number = {} as O): Hook => {
    const options = (typeof given === 'number' && short ? { [short]: given } : given) as O;
    const resolved = resolveOptions(name, table, options);
    const { exclude = null, match } = resolved as Choosing;
    const others = match && ((variable: tf.Variable): boolean => !matches(match, variable));
    const hook = { ...build(resolved), name, exclude: others ?? exclude };
    // A getter, so that a hook with a plain function among its options works and fails only when it is saved.
    const get = (): HookConfig => ({ hook: name, options: encodeOptions(name, options) });
    return Object.defineProperty(hook, 'config', { get, enumerable: true });
  };
  factory.options = table;
  factories.set(name, factory);
  return factory;
}

/** The options that choose variables. */
interface Choosing {
  readonly exclude?: Match | null;
  readonly match?: Match | null;
}

/** The row of the option `exclude`: which variables a hook leaves alone; or of `match`: which are not left alone. */
export function exclude(): OptionSpec {
  const accepts = (value: unknown): boolean => value === null || isMatch(value);
  return custom('a RegExp or a function of the variable, or null', accepts, null);
}

function encodeOptions(name: string, options: object): Record<string, unknown> {
  const { exclude, match, ...others } = options as Choosing;
  return {
    ...encode(others, `${name}: `),
    ...(exclude && { exclude: encodeMatch(`${name}: exclude`, exclude) }),
    ...(match && { match: encodeMatch(`${name}: match`, match) }),
  };
}

/** Whether a value has the form of {@link Hook.config}. */
export function isHookConfig(value: unknown): value is HookConfig {
  return isConfig('hook', value);
}

/**
 * The hook a configuration describes.
 * @throws TypeError for what is no such configuration; RangeError when no hook of that name has been defined (its package is
 * not imported).
 */
export function hookFromConfig(config: HookConfig): Hook {
  return fromConfig('hook', factories, config);
}

/** Whether a value looks like a {@link Hook}. */
export function isHook(value: unknown): value is Hook {
  const parts = value as Readonly<Record<string, unknown>> | null | undefined;
  return (
    typeof parts?.['name'] === 'string' &&
    ['gradient', 'decay', 'update', 'guard'].some((part) => typeof parts[part] === 'function')
  );
}

/** A hook of an optimizer, and a key that no other has. */
export interface KeyedHook {
  readonly key: string;
  readonly hook: Hook;
}

/** Hooks with their keys: the name, numbered where a name comes again. */
export function keyed(hooks: readonly Hook[]): KeyedHook[] {
  return hooks.map((hook, i) => {
    const { name } = hook;
    const before = hooks.slice(0, i).filter((other) => other.name === name).length;
    return { key: before ? `${name}${before + 1}` : name, hook };
  });
}

/** What an algorithm declares, by name, and what its hooks do, as `key.name`. */
export function withHooks<T>(
  own: Readonly<Record<string, T>>,
  hooks: readonly KeyedHook[],
  declared: (hook: Hook) => Readonly<Record<string, T>> | undefined,
): Record<string, T> {
  const all = { ...own };
  for (const { key, hook } of hooks) {
    for (const [name, value] of Object.entries(declared(hook) ?? {})) all[`${key}.${name}`] = value;
  }
  return all;
}
