// SPDX-License-Identifier: Apache-2.0

import { check, checkGroups, flag, grouped, isRecord, real, resolveOptions, wrongType } from '@optim/options';
import type { OptionSpec, OptionTable, ParameterGroup } from '@optim/options';
import { peak, type CommonOptions, type OptimizerOptions, type Scaled } from './common-options.js';
import { fillPeak } from './corrected.js';
import { assertServes } from './demands.js';
import type { AnyRule } from './rule.js';

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
  if (!isRecord(options)) throw wrongType(owner, 'options', 'an object', options);
  const { learningRateScale = 1, ...given } = options as Scaled;
  check(owner, 'learningRateScale', scales, learningRateScale);
  const settings = {
    ...resolveOptions<O>(owner, table as OptionTable<O>, given),
    ...(learningRateScale !== 1 && { learningRateScale }),
  };
  const { learningRate: rate } = table;
  const ofGroups = {
    ...table,
    freeze: flag(false),
    ...(rate?.symbolic && !rate.isWhole && { learningRateScale: scales }),
  };
  const parameterGroups = checkGroups(owner, ofGroups, settings.parameterGroups as readonly ParameterGroup[]);
  Object.assign(settings, { parameterGroups });
  if (table['maxLearningRate'] === peak)
    for (const own of [settings, ...parameterGroups]) fillPeak(owner, own as object, settings as object);
  for (const group of grouped(settings)) rule.validate?.(group);
  assertServes(owner, rule, settings as OptimizerOptions);
  return settings;
}
