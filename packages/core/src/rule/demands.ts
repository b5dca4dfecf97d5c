// SPDX-License-Identifier: Apache-2.0
// What a rule must be able to do for the options it is given, and what a step must be given.

import { grouped } from '@optim/options';
import type { CommonOptions, OptimizerOptions } from './common-options.js';
import { decayModes } from './decay.js';
import { assertParts } from './hook-parts.js';
import type { Hook } from './hook.js';
import type { AnyRule } from './rule.js';

/** @throws Error for a mode of weight decay that neither core nor the rule knows what to do with */
export function assertDecays(owner: string, rule: AnyRule, settings: CommonOptions): void {
  const { decay = 'before', ownDecayModes = [] } = rule;
  const { weightDecayMode: mode } = settings;
  if (typeof decay === 'function' || decay === 'never') return;
  if ([...decayModes, ...ownDecayModes].includes(mode!)) return;
  throw new Error(
    `${owner}: rule.ownDecayModes must name the weightDecayMode ${JSON.stringify(mode)}, which is none of core's`,
  );
}

/** @throws TypeError for a hook of faulty parts, or one that reads what this algorithm does not have */
export function assertServes(owner: string, rule: AnyRule, settings: OptimizerOptions): void {
  const { rateInForce, secondMoment } = rule;
  const hasRate = rateInForce !== undefined || grouped(settings).every((group) => group.learningRate != null);
  const has = { learningRate: hasRate, secondMoment: secondMoment !== undefined };
  const words = { learningRate: 'a learning rate', secondMoment: 'a second moment' };
  for (const hook of settings.transforms ?? []) {
    assertParts(owner, hook);
    const { name, reads = [] } = hook;
    const missing = reads.find((what) => what !== 'step' && !has[what]) as keyof typeof has | undefined;
    if (missing)
      throw new TypeError(
        `${owner}: transforms: hook ${name} needs ${words[missing]}, which ${owner} does not have`,
      );
  }
}

/** @throws RangeError for a step without gradients, TypeError for one without the loss, where these are needed */
export function assertGiven(
  owner: string,
  needs: readonly string[],
  hooks: readonly Hook[],
  gradients: number,
  loss: object | undefined,
): void {
  const readsMoments = hooks.some(({ reads }) => reads?.includes('secondMoment'));
  if ((needs.includes('gradient') || readsMoments) && gradients === 0)
    throw new RangeError(`${owner}: a step needs at least one gradient, got none`);
  if (needs.includes('loss') && !loss)
    throw new TypeError(
      `${owner}: a step needs the value of the loss; call minimize, or applyGradients(gradients, loss)`,
    );
}
