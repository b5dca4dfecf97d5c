// SPDX-License-Identifier: Apache-2.0
// Options as JSON that survives TensorFlow.js' saving and loading, which camel-cases every string with an underscore
// except under the key `name`, and turns infinities into null.

import { decode, decodeGroup, encode, encodeGroup, isRecord, isSchedule, wrongType } from '@optim/options';
import { wholeOptimizerOptions, type ParameterGroup } from '@optim/options';
import { hookFromConfig, isHookConfig, type Hook, type HookConfig } from './hook.js';

/** Options that have a form of their own. */
interface Special<G, H> {
  readonly parameterGroups?: readonly G[];
  readonly transforms?: readonly H[];
}

/** Each item of a list; what is no list stays as it is. */
function each(value: unknown, of: (item: unknown) => unknown): unknown {
  return Array.isArray(value) ? Array.from(value as unknown[], of) : value;
}

function encodeHook(owner: string, { name, config }: Hook): HookConfig {
  if (config) return config;
  throw new TypeError(`${owner}: transforms: hook "${name}" cannot be saved; define it with defineHook`);
}

/**
 * Options as JSON.
 * @throws TypeError for a function or hook that has no configuration
 */
export function encodeOptions(owner: string, options: object): Record<string, unknown> {
  const { parameterGroups: groups, transforms, ...others } = options as Special<ParameterGroup, Hook>;
  return {
    ...encode(others, `${owner}: `),
    ...(groups && { parameterGroups: groups.map((group) => encodeGroup(owner, group)) }),
    ...(transforms && { transforms: transforms.map((hook) => encodeHook(owner, hook)) }),
  };
}

/**
 * Like {@link encodeOptions}, without groups and hooks, which stay those of the constructor, and without what has no JSON
 * form: a plain function in place of a schedule.
 */
export function encodeSavable(owner: string, options: object): Record<string, unknown> {
  const savable = Object.entries(options).filter(
    ([name, value]) => !wholeOptimizerOptions.includes(name) && (!isSchedule(value) || value.config),
  );
  return encodeOptions(owner, Object.fromEntries(savable));
}

/**
 * The options in the configuration of a class; TensorFlow.js adds keys of its own.
 *
 * @param others - keys that are no options, but belong to it
 * @throws TypeError for what is no configuration
 */
export function optionsIn(
  { className, options }: { readonly className: string; readonly options: object },
  config: unknown,
  others: readonly string[] = [],
): Record<string, unknown> {
  if (!isRecord(config)) throw wrongType(className, 'configuration', 'an object', config);
  const own = Object.entries(config).filter(
    ([name]) => Object.hasOwn(options, name) || others.includes(name),
  );
  return decodeOptions(className, Object.fromEntries(own));
}

/** The inverse of {@link encodeOptions}. What is of no form that it makes stays as it is, for the constructor to refuse. */
export function decodeOptions(
  owner: string,
  config: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const { parameterGroups, transforms, ...others } = config;
  const hook = (item: unknown): unknown => (isHookConfig(item) ? hookFromConfig(item) : item);
  try {
    return {
      ...decode(others),
      ...('parameterGroups' in config && { parameterGroups: each(parameterGroups, decodeGroup) }),
      ...('transforms' in config && { transforms: each(transforms, hook) }),
    };
  } catch (error) {
    (error as Error).message = `${owner}: ${(error as Error).message}`;
    throw error;
  }
}
