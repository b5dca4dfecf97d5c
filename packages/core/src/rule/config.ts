// SPDX-License-Identifier: Apache-2.0
// Options as JSON that survives TensorFlow.js' saving and loading, which camel-cases every string with an underscore
// except under the key `name`, and turns infinities into null.

import { hookFromConfig, type Hook, type HookConfig } from './hook.js';
import {
  decodeMatch,
  decodeValue,
  encodeMatch,
  encodeValue,
  isSchedule,
  type ParameterGroup,
  type SavedMatch,
  wholeOptimizerOptions,
} from '@optim/options';

function encodeGroup(owner: string, { match, ...overrides }: ParameterGroup): Record<string, unknown> {
  return { match: encodeMatch(`${owner}: parameterGroups`, match), ...encodeOptions(owner, overrides) };
}

function decodeGroup(group: Record<string, unknown>): ParameterGroup {
  const { match, ...overrides } = group;
  return { match: decodeMatch(match as SavedMatch), ...decodeOptions(overrides) };
}

function encodeHook(owner: string, hook: Hook): HookConfig {
  if (!hook.config)
    throw new TypeError(
      `${owner}: transforms: hook "${hook.name}" cannot be saved; define it with defineHook`,
    );
  return hook.config;
}

/**
 * Options as JSON.
 * @throws TypeError for a function or hook that has no configuration
 */
export function encodeOptions(owner: string, options: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(options).map(([name, value]) => {
      if (name === 'parameterGroups')
        return [name, (value as ParameterGroup[]).map((group) => encodeGroup(owner, group))];
      if (name === 'transforms') return [name, (value as Hook[]).map((hook) => encodeHook(owner, hook))];
      return [name, encodeValue(`${owner}: ${name}`, value)];
    }),
  );
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
  return Object.fromEntries(
    Object.entries(config).map(([name, value]) => {
      if (name === 'parameterGroups') return [name, (value as Record<string, unknown>[]).map(decodeGroup)];
      if (name === 'transforms') return [name, (value as HookConfig[]).map(hookFromConfig)];
      return [name, decodeValue(value)];
    }),
  );
}
