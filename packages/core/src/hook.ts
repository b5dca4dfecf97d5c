// SPDX-License-Identifier: Apache-2.0

import type { Expression } from '@optim/fusion';
import { resolveOptions, show, type OptionTable } from './options.js';
import type { Results, SlotInit } from './rule.js';
import { decode, encode } from './schedule.js';

/** What a hook was made of: enough to make it again with {@link hookFromConfig}. */
export interface HookConfig {
  readonly hook: string;
  readonly options: Readonly<Record<string, unknown>>;
}

type Tensors = Record<string, Expression>;

/**
 * A change of the gradient before the rule, or of the parameter after it, traced and fused with the rule. Hooks run in
 * the order given. Each may keep slots per parameter and globals per optimizer, and may observe all parameters first;
 * names are its own, the optimizer keeps them apart.
 */
export interface Hook {
  /** Appears in errors, state dicts and {@link Hook.config}; letters and digits only. */
  readonly name: string;
  /** Absent for a hook that cannot be saved. */
  readonly config?: HookConfig;
  /** Tensors kept per parameter. */
  readonly slots?: Readonly<Record<string, SlotInit>>;
  /** Scalars kept per optimizer, with their first values. */
  readonly globals?: Readonly<Record<string, number>>;
  /** Scalars of one parameter, to be summed over all: sees `param`, `grad` (after the hooks before) and own slots. */
  observe?(tensors: Tensors): Results;
  /** From the sums and own globals to new globals, kept if declared, else for this step only. */
  combine?(sums: Tensors, globals: Tensors): Results;
  /** New `grad`, and own slots. */
  gradient?(tensors: Tensors, globals: Tensors): Results;
  /** New `param`, and own slots, from `param` (after the rule), `old` (before the step), `grad` and own slots. */
  update?(tensors: Tensors, globals: Tensors): Results;
  /** A condition; where it does not hold the whole step leaves parameters, slots and globals of others unchanged. */
  guard?(globals: Tensors): Expression;
}

type Factory = (options: never) => Hook;

const factories = new Map<string, Factory>();

/**
 * Defines a named, validated, serializable hook.
 *
 * @param name - name in errors and in saved configurations
 * @param table - its options
 * @param build - from checked options to the parts of the hook
 * @param short - the option that a plain number given in place of the options object stands for
 * @returns a function from options (or that one number) to {@link Hook}
 */
export function defineHook<O extends object>(
  name: string,
  table: OptionTable<O>,
  build: (options: Required<O>) => Omit<Hook, 'name' | 'config'>,
  short?: keyof O & string,
): (options?: O | number) => Hook {
  const factory = (given: O | number = {} as O): Hook => {
    const options = (typeof given === 'number' && short ? { [short]: given } : given) as O;
    const hook = { ...build(resolveOptions(name, table, options)), name };
    // A getter, so that a hook with a plain function as a schedule works and fails only when it is saved.
    const get = (): HookConfig => ({ hook: name, options: encode(options, `${name}: `) });
    return Object.defineProperty(hook, 'config', { get, enumerable: true });
  };
  factories.set(name, factory);
  return factory;
}

/**
 * The hook a configuration describes.
 * @throws RangeError when no hook of that name has been defined (its package is not imported).
 */
export function hookFromConfig(config: HookConfig): Hook {
  const factory = factories.get(config.hook) as ((options: object) => Hook) | undefined;
  if (!factory) {
    throw new RangeError(
      `hook "${config.hook}" is not defined; import it (for example from @optim/hooks) before loading`,
    );
  }
  return factory(decode(config.options));
}

/** Whether a value looks like a {@link Hook}. */
export function isHook(value: unknown): value is Hook {
  if (typeof value !== 'object' || value === null || !('name' in value) || typeof value.name !== 'string')
    return false;
  return ['gradient', 'update', 'guard'].some(
    (part) => typeof (value as Record<string, unknown>)[part] === 'function',
  );
}

/** Hooks with a key each that no other has: the name, numbered where a name comes again. */
export function keyed(
  owner: string,
  hooks: readonly Hook[],
): { readonly key: string; readonly hook: Hook }[] {
  const seen = new Map<string, number>();
  return hooks.map((hook) => {
    if (!/^[a-z][a-z0-9]*$/i.test(hook.name)) {
      throw new RangeError(`${owner}: a hook's name must be letters and digits, got ${show(hook.name)}`);
    }
    const count = (seen.get(hook.name) ?? 0) + 1;
    seen.set(hook.name, count);
    return { key: count === 1 ? hook.name : `${hook.name}${count}`, hook };
  });
}
