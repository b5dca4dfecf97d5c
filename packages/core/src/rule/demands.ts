// SPDX-License-Identifier: Apache-2.0
// What a rule must be able to do for the options it is given, and what a step must be given.

import { grouped } from '@optim/options';
import type { OptimizerOptions } from './common-options.js';
import { assertParts } from './hook-parts.js';
import type { Hook } from './hook.js';
import type { AnyRule } from './rule.js';

/** @throws TypeError for a hook of faulty parts, or one that reads what this algorithm does not have */
export function assertServes(owner: string, rule: AnyRule, settings: OptimizerOptions): void {
  const { rateInForce, secondMoment } = rule;
  const hasRate = rateInForce !== undefined || grouped(settings).every((group) => group.learningRate != null);
  const lacks: Record<string, string | false> = {
    learningRate: !hasRate && 'a learning rate',
    secondMoment: !secondMoment && 'a second moment',
  };
  for (const hook of settings.transforms ?? []) {
    assertParts(owner, hook);
    const { name, reads = [] } = hook;
    const missing = reads.map((what) => lacks[what]).find(Boolean);
    if (missing)
      throw new TypeError(
        `${owner}: transforms: hook ${name} needs ${missing}, which ${owner} does not have`,
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
