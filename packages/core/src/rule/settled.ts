// SPDX-License-Identifier: Apache-2.0

import { check, checkGroups, flag, grouped, isRecord, real, resolveOptions } from '@optim/options';
import type { OptionSpec, OptionTable, ParameterGroup } from '@optim/options';
import type { CommonOptions, OptimizerOptions } from './common-options.js';
import { assertDecays, assertServes } from './demands.js';
import type { AnyRule } from './rule.js';

/** What settings hold besides options, once the rates have been scaled. */
export interface Scaled {
  learningRateScale?: number;
}

/** What such a scale may be. */
export const scales: OptionSpec = /* @__PURE__ */ real('[0, ∞)');

/**
 * Options with every default filled in, checked one by one, in groups, and together.
 * @throws TypeError or RangeError saying what does not fit
 */
export function settled<O extends CommonOptions>(
  owner: string,
  table: Readonly<Record<string, OptionSpec>>,
  rule: AnyRule,
  options: object,
): Required<O> {
  const { learningRateScale = 1, ...own } = (isRecord(options) ? options : {}) as Scaled;
  check(owner, 'learningRateScale', scales, learningRateScale);
  const given = isRecord(options) ? own : options;
  const settings = resolveOptions<O>(owner, table as OptionTable<O>, given);
  if (learningRateScale !== 1) Object.assign(settings, { learningRateScale });
  const { learningRate: rate } = table;
  const ofGroups = {
    ...table,
    freeze: flag(false),
    ...(rate?.symbolic && !rate.isWhole && { learningRateScale: scales }),
  };
  const groups = checkGroups(owner, ofGroups, settings.parameterGroups as readonly ParameterGroup[]);
  Object.assign(settings, { parameterGroups: groups });
  for (const group of grouped(settings)) {
    rule.validate?.(group);
    assertDecays(owner, rule, group as CommonOptions);
  }
  assertServes(owner, rule, settings as OptimizerOptions);
  return settings;
}
