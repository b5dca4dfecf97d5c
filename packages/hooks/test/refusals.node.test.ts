// SPDX-License-Identifier: Apache-2.0

import { defineSchedule, real, type Hook } from '@optim/core/authoring';
import {
  autoClip,
  box,
  cautiousWeightDecay,
  clipByBlockRms,
  clipUpdates,
  gradientNoise,
  grokfast,
  mars,
  maxNorm,
  minMaxNorm,
  simplex,
  skipLargeUpdates,
  unitNorm,
  zClip,
} from '@optim/hooks';
import { SGDW } from '@optim/sgdw';
import { expectClose, walk } from '@optim/testing';
import type * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';

const refused: Readonly<Record<string, () => Hook>> = {
  'box: lower must be in [-∞, ∞), got NaN': () => box({ lower: NaN, upper: 1 }),
  'box: lower must be at most upper (1), got 2': () => box({ lower: 2, upper: 1 }),
  'maxNorm: maxValue must be in (0, ∞), got 0': () => maxNorm(0),
  'minMaxNorm: minValue must be at most maxValue (1), got 2': () => minMaxNorm({ minValue: 2 }),
  'minMaxNorm: maxValue must be in [0, ∞), got Infinity': () => minMaxNorm({ maxValue: Infinity }),
  'minMaxNorm: rate must be in [0, 1], got 2': () => minMaxNorm({ rate: 2 }),
  'simplex: scale must be in (0, ∞), got 0': () => simplex(0),
  'cautiousWeightDecay: weightDecay must be in [0, ∞), got -1': () => cautiousWeightDecay(-1),
  'clipByBlockRms: threshold must be in (0, ∞), got Infinity': () => clipByBlockRms(Infinity),
  'clipUpdates: threshold must be in (0, ∞), got 0': () => clipUpdates(0),
  [`clipUpdates: scope must be one of 'tensor', 'global', got "all"`]: () =>
    clipUpdates({ scope: 'all' as 'global' }),
  "clipUpdates: exclude must be null with scope 'global', got an object (RegExp)": () =>
    clipUpdates({ scope: 'global', exclude: /bias/ }),
  'gradientNoise: eta must be in [0, ∞), got -1': () => gradientNoise(-1),
  'gradientNoise: gamma must be in [0, ∞), got NaN': () => gradientNoise({ gamma: NaN }),
  'gradientNoise: seed must be an integer in [0, 9007199254740991], got 0.5': () =>
    gradientNoise({ seed: 0.5 }),
  'grokfast: alpha must be in [0, 1), got 1': () => grokfast({ alpha: 1 }),
  'grokfast: lambda must be in [0, ∞), or null, got -1': () => grokfast({ lambda: -1 }),
  'grokfast: windowSize must be an integer in [1, ∞), got 0': () =>
    grokfast({ filter: 'window', windowSize: 0 }),
  [`grokfast: filter must be one of 'ema', 'window', got "ma"`]: () => grokfast({ filter: 'ma' as 'ema' }),
  [`grokfast: reduce must be one of 'mean', 'sum', got "max"`]: () => grokfast({ reduce: 'max' as 'sum' }),
  "grokfast: alpha must be left out with filter 'window', got 0.9": () =>
    grokfast({ filter: 'window', alpha: 0.9 }),
  "grokfast: windowSize must be left out with filter 'ema', got 5": () => grokfast({ windowSize: 5 }),
  [`grokfast: reduce must be left out with filter 'ema', got "sum"`]: () => grokfast({ reduce: 'sum' }),
  "grokfast: warmup must be left out with filter 'ema', got false": () => grokfast({ warmup: false }),
  'mars: gamma must be in [0, ∞), got -1': () => mars({ gamma: -1 }),
  'mars: beta1 must be in [0, 1), got 1': () => mars({ beta1: 1 }),
  'skipLargeUpdates: maxNorm must be in (0, ∞], got 0': () => skipLargeUpdates(0),
  'autoClip: percentile must be in [0, 100], got 101': () => autoClip(101),
  'autoClip: percentile must be in [0, 100], got -1': () => autoClip({ percentile: -1 }),
  'autoClip: historySize must be an integer in [1, ∞), got 0': () => autoClip({ historySize: 0 }),
  'autoClip: historySize must be an integer in [1, ∞), got 2.5': () => autoClip({ historySize: 2.5 }),
  'zClip: alpha must be in [0, 1), got 1': () => zClip({ alpha: 1 }),
  'zClip: zThreshold must be in (0, ∞), got 0': () => zClip({ zThreshold: 0 }),
  'zClip: clipFactor must be in (0, ∞), got 0': () => zClip({ clipFactor: 0 }),
  'zClip: maxNorm must be in (0, ∞), or null, got 0': () => zClip({ maxNorm: 0 }),
  'zClip: warmupSteps must be an integer in [1, ∞), got 0': () => zClip({ warmupSteps: 0 }),
  'zClip: epsilon must be in [0, ∞), got -1': () => zClip({ epsilon: -1 }),
  [`zClip: method must be one of 'adaptive', 'mean', 'percentile', got "z"`]: () =>
    zClip({ method: 'z' as 'mean' }),
};

it.each(Object.entries(refused))('%s', (message, make) => {
  expect(make).toThrow(new RangeError(message));
});

it('what has no default is required', () => {
  expect(() => cautiousWeightDecay({} as never)).toThrow(
    new TypeError('cautiousWeightDecay: weightDecay is required and must be in [0, ∞)'),
  );
  expect(() => skipLargeUpdates({} as never)).toThrow(
    new TypeError('skipLargeUpdates: maxNorm is required and must be in (0, ∞]'),
  );
});

it('what chooses axes and variables is checked', () => {
  expect(() => unitNorm({ axis: 0.5 })).toThrow(
    new TypeError('unitNorm: axis must be an integer or an array of integers, or null, got 0.5'),
  );
  expect(() => unitNorm({ match: 'kernel' as never })).toThrow(
    new TypeError('unitNorm: match must be a RegExp or a function of the variable, or null, got "kernel"'),
  );
});

it('a hook goes through its configuration, with a schedule and an infinite bound', async () => {
  const rising = defineSchedule<{ by: number }>(
    'rising',
    { by: real('[0, ∞)') },
    ({ by }) =>
      (t) =>
        by * t,
  );
  const optimizer = new SGDW({
    learningRate: 1,
    transforms: [
      cautiousWeightDecay({ weightDecay: rising({ by: 0.1 }), exclude: /bias/ }),
      skipLargeUpdates(Infinity),
    ],
  });
  const config = JSON.parse(JSON.stringify(optimizer.getConfig())) as tf.serialization.ConfigDict;
  const again = SGDW.fromConfig(SGDW as never, config) as SGDW;
  expect(again.getConfig()).toEqual(optimizer.getConfig());
  optimizer.dispose();
  expectClose('x', (await walk(again, [1], [[0], [0], [0]])).flat(), [1, 0.9, 0.9 * 0.8], 1e-6);
});
