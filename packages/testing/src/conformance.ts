// SPDX-License-Identifier: Apache-2.0
// What every optimizer must do, whatever its rule: one suite for all, read off what its class declares.

import type { BaseOptimizer } from '@optim/core';
import { describe, inject, it } from 'vitest';
import { convergingChecks } from './converging.js';
import { goldenSuite, type GoldenExtras, type GoldenFile, type GoldenMake } from './golden.js';
import { liveChecks } from './live.js';
import { modelChecks } from './model.js';
import { optionChecks } from './options.js';
import { refusingGradientChecks } from './refusing-gradients.js';
import { refusingStateChecks } from './refusing-states.js';
import { savingChecks } from './saving.js';
import { steppingChecks } from './stepping.js';
import { stillChecks } from './still.js';
import { subjectOf, type Check, type Make } from './subject.js';

/** The whole suite. */
export const checks: readonly Check[] = [
  ...convergingChecks,
  ...steppingChecks,
  ...stillChecks,
  ...savingChecks,
  ...liveChecks,
  ...optionChecks,
  ...refusingGradientChecks,
  ...refusingStateChecks,
  ...modelChecks,
];

/**
 * A test per thing that every optimizer must do.
 *
 * @param make - an optimizer from options, which must all reach it; a wrapper is given a base when there is none
 * @param title - distinguishes two suites of one class, such as those with different bases
 * @param except - checks that cannot hold for it, by name, and why
 */
export function conformance(make: Make, title?: string, except: Readonly<Record<string, string>> = {}): void {
  const unknown = Object.keys(except).find((name) => !checks.some((check) => check.name === name));
  if (unknown !== undefined) throw new RangeError(`conformance: there is no check "${unknown}"`);
  const subject = subjectOf(make);
  const inBrowser = inject('backend').startsWith('web');
  describe(`${title ?? subject.name}: conformance`, () => {
    for (const { name, everywhere, applies, run } of checks) {
      if (inBrowser && !everywhere) continue;
      if (name in except || (applies && !applies(subject))) continue;
      it(name, () => run(subject));
    }
  });
}

/** Everything about an algorithm: its golden cases, then {@link conformance}. */
export function suite<T extends BaseOptimizer>(
  golden: GoldenFile,
  make: GoldenMake<T>,
  extras?: GoldenExtras<T>,
): void {
  goldenSuite(golden, make, extras);
  conformance((options) => make(options));
}
