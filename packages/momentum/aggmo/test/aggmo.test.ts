// SPDX-License-Identifier: Apache-2.0

import { AggMo, betasFromExponentialForm } from '@optim/aggmo';
import { expectWalk, suite, walk } from '@optim/testing';
import golden from '@optim/testing/golden/AggMo.json' with { type: 'json' };
import { describe, expect, it } from 'vitest';

suite(golden, (options) => new AggMo(options));

describe('AggMo', () => {
  const gradients = [[1], [2], [0]];

  it('averages velocities of different damping', async () => {
    // v₁: 1, 2, 0; v₂: 1, 2.5, 1.25. Means: 1, 2.25, 0.625.
    const optimizer = new AggMo({ learningRate: 0.1, betas: [0, 0.5] });
    expectWalk(await walk(optimizer, [1], gradients), [[0.9], [0.675], [0.6125]]);
  });

  it('is SGD, or heavy-ball momentum, with one velocity', async () => {
    const sgd = new AggMo({ learningRate: 0.1, betas: [0] });
    expectWalk(await walk(sgd, [1], gradients), [[0.9], [0.7], [0.7]]);
    // v: 1, 2.5, 1.25.
    const heavyBall = new AggMo({ learningRate: 0.1, betas: [0.5] });
    expectWalk(await walk(heavyBall, [1], gradients), [[0.9], [0.65], [0.525]]);
  });

  it('keeps equal velocities apart', async () => {
    const twice = new AggMo({ learningRate: 0.1, betas: [0.5, 0.5] });
    expectWalk(await walk(twice, [1], gradients), [[0.9], [0.65], [0.525]]);
  });

  it('takes as many velocities in a group as the group names, all of them momentum', async () => {
    const parameterGroups = [{ match: /x/, betas: [0, 0.5] }];
    const optimizer = new AggMo({ learningRate: 0.1, betas: [0.3], parameterGroups });
    expect(optimizer.momentum()!.names).toEqual(['v1', 'v2']);
    expectWalk(await walk(optimizer, [1], gradients), [[0.9], [0.675], [0.6125]]);
  });

  it('decays coupled by default', async () => {
    // g = 1 + 0.5·2 = 2.
    const optimizer = new AggMo({ learningRate: 0.1, weightDecay: 0.5 });
    expectWalk(await walk(optimizer, [2], [[1]]), [[1.8]]);
  });

  it.each([
    [{ learningRate: Infinity }, 'learningRate must be in [0, ∞), got Infinity'],
    [{ betas: [] }, 'betas must be one to 64 numbers, each in [0, 1), got []'],
    [{ betas: [0, 0.9, 1] }, 'betas must be one to 64 numbers, each in [0, 1), got [0, 0.9, 1]'],
    [{ betas: [0, 0.9, -0.1] }, 'betas must be one to 64 numbers, each in [0, 1), got [0, 0.9, -0.1]'],
    [{ betas: [NaN] }, 'betas must be one to 64 numbers, each in [0, 1), got [NaN]'],
    [{ weightDecay: -0.1 }, 'weightDecay must be in [0, ∞), got -0.1'],
  ])('refuses %o', (wrong, message) => {
    expect(() => new AggMo(wrong)).toThrow(new RangeError(`AggMo: ${message}`));
  });
});

describe('betasFromExponentialForm', () => {
  it('gives the default betas by default', () => {
    expect(betasFromExponentialForm()).toEqual(new AggMo().getConfig()['betas']);
    expect(betasFromExponentialForm(0.5, 4)).toEqual([0, 0.5, 0.75, 0.875]);
  });

  it.each([
    [0, 3, 'a must be in (0, 1), got 0'],
    [1, 3, 'a must be in (0, 1), got 1'],
    [0.1, 0, 'k must be an integer in [1, 64], got 0'],
    [0.1, 3e8, 'k must be an integer in [1, 64], got 300000000'],
    [0.1, 1.5, 'k must be an integer in [1, 64], got 1.5'],
  ])('refuses %d and %d', (a, k, message) => {
    expect(() => betasFromExponentialForm(a, k)).toThrow(
      new RangeError(`betasFromExponentialForm: ${message}`),
    );
  });
});
