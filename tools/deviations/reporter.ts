// SPDX-License-Identifier: Apache-2.0
// Collects how far golden cases stray, from what their tests note.

import type { Strayed } from '@optim/testing';
import type { Reporter, TestCase } from 'vitest/node';
import type { Deviation } from '../results.js';

/** Keeps the largest deviation of each class on each executor. */
export class Deviations implements Reporter {
  /** By class, then by executor. */
  readonly found: Map<string, Record<string, Deviation>> = new Map();
  failed = 0;

  /** @param folders - by class, the folder of its package: elsewhere it may serve to test something else, a hook say */
  constructor(private readonly folders: ReadonlyMap<string, string>) {}

  onTestCaseResult(test: TestCase): void {
    const { golden } = test.meta();
    if (test.result().state === 'failed') this.failed++;
    if (!golden) return;
    const folder = this.folders.get(golden.optimizer);
    if (folder !== undefined && test.module.moduleId.startsWith(folder)) this.add(test.project.name, golden);
  }

  /** Takes in one case, run on a backend. */
  add(backend: string, { optimizer, case: name, deviation, tolerance, withOps }: Strayed): void {
    const executor = withOps ? 'ops' : backend;
    const known = this.found.get(optimizer) ?? {};
    this.found.set(optimizer, known);
    if (deviation < (known[executor]?.largest ?? 0)) return;
    known[executor] = { largest: deviation, case: name, tolerance };
  }
}
