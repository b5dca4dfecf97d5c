// SPDX-License-Identifier: Apache-2.0

import { AdaFactor } from '@optim/adafactor';
import { AdamP } from '@optim/adamp';
import { AdamW } from '@optim/adamw';
import { AliG } from '@optim/alig';
import type { BaseOptimizer, Hook } from '@optim/core';
import { cautious, stableWeightDecay } from '@optim/hooks';
import { Lion } from '@optim/lion';
import { SGDW } from '@optim/sgdw';
import { describe, expect, it } from 'vitest';
import { walk } from '../../../packages/testing/src/index.js';
import { hookSuite } from './hook-suite.js';
import { table } from './table.js';

hookSuite(table);

it('what an algorithm does not have, a hook is refused', () => {
  const adaptive = (): Hook => stableWeightDecay(0.1);
  expect(() => new Lion({ transforms: [adaptive()] })).toThrow(
    new TypeError('Lion: transforms: hook stableWeightDecay needs a second moment, which Lion does not have'),
  );
  expect(() => new SGDW({ transforms: [adaptive()] })).toThrow(TypeError);
  expect(() => new AliG({ transforms: [adaptive()] })).toThrow(TypeError);
});

describe('cautious', () => {
  const options = { learningRate: 0.1, weightDecay: 0.5, transforms: [cautious()] };
  const decaying: Readonly<Record<string, BaseOptimizer>> = {
    AdaFactor: new AdaFactor({ ...options, beta1: 0.9, scaleParameter: false }),
    AdamP: new AdamP(options),
    AdamW: new AdamW(options),
    Lion: new Lion(options),
    SGDW: new SGDW({ ...options, momentum: 0.9 }),
  };

  it.each(Object.entries(decaying))(
    'leaves the decay of %s to weights it does not let move',
    async (_name, optimizer) => {
      // In the second step the first weight has momentum and no gradient.
      const [[first], [second]] = (await walk(
        optimizer,
        [2, 2],
        [
          [1, 1],
          [0, 1],
        ],
      )) as [[number], [number]];
      expect(first).toBeLessThan(1.9);
      expect(second).toBeCloseTo(0.95 * first, 6);
    },
  );
});
