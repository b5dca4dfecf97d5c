// SPDX-License-Identifier: Apache-2.0
// Options as JSON that survives TensorFlow.js' saving and loading, which camel-cases every string with an underscore
// except under the key `name`, and turns infinities into null.

import { decode, decodeGroup, encode, encodeGroup, isSchedule, wholeOptimizerOptions } from '@optim/options';
import type { ParameterGroup } from '@optim/options';
import { hookFromConfig, type Hook, type HookConfig } from './hook.js';

/** Options that have a form of their own. */
interface Special<G, H> {
  readonly parameterGroups?: readonly G[];
  readonly transforms?: readonly H[];
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

/** The inverse of {@link encodeOptions}. */
export function decodeOptions(config: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const {
    parameterGroups: groups,
    transforms,
    ...others
  } = config as Special<Record<string, unknown>, HookConfig>;
  return {
    ...decode(others),
    ...(groups && { parameterGroups: groups.map(decodeGroup) }),
    ...(transforms && { transforms: transforms.map(hookFromConfig) }),
  };
}
