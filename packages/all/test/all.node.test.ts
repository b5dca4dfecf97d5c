// SPDX-License-Identifier: Apache-2.0

import { AdamW, createOptimizer, loadOptimizer, optimizers, SAM, Yogi } from '@optim/all';
import { describe, expect, it } from 'vitest';
import { workspacePackages } from '../../../tools/workspace.js';

describe('@optim/all', () => {
  it('has every optimizer whose licence and whose official code is permissive, and no other', () => {
    const permissive = /^(Apache-2\.0|MIT|BSD-[23]-Clause|CC-BY-4\.0|NONE)$/;
    const expected = workspacePackages()
      .filter(
        ({ manifest }) =>
          !manifest.private &&
          manifest.optim?.family !== 'foundation' &&
          permissive.test(manifest.license ?? ''),
      )
      .flatMap(({ manifest }) => manifest.optim?.algorithms ?? [])
      .filter(({ officialCode }) => !officialCode || permissive.test(officialCode.license))
      .map((algorithm) => algorithm.class);
    expect(Object.keys(optimizers).sort()).toEqual(expected.sort());
  });

  it('makes an optimizer by name', () => {
    const base = createOptimizer('AdamW', { learningRate: 0.5 });
    expect(base).toBeInstanceOf(AdamW);
    expect(base.learningRate).toBe(0.5);
    const sam = createOptimizer('SAM', base, { rho: 0.1 });
    expect(sam).toBeInstanceOf(SAM);
    expect(sam.getConfig()).toMatchObject({ rho: 0.1, base: { className: 'AdamW' } });
    sam.dispose();
  });

  it('tells the class of a name in any case', () => {
    expect(loadOptimizer('Yogi')).toBe(Yogi);
    const lower: typeof Yogi = loadOptimizer('yogi');
    expect([lower, loadOptimizer('YOGI')]).toEqual([Yogi, Yogi]);
  });
});
