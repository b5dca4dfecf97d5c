// SPDX-License-Identifier: Apache-2.0

import { SWATS, type SWATSOptions } from '@optim/swats';
import { expectClose, expectWalk, suite, walk } from '@optim/testing';
import golden from '@optim/testing/golden/SWATS.json' with { type: 'json' };
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';

suite(golden, (options) => new SWATS(options), {
  async check(optimizer, golden, t) {
    const { step, sgdLearningRate } = golden['switch'] as {
      step: number | null;
      sgdLearningRate: number | null;
    };
    const { phase, Lambda } = await optimizer.readGlobals();
    const switched = step !== null && t >= step;
    expect(phase, `phase after step ${t}`).toBe(switched ? 1 : 0);
    expectClose(`Λ after step ${t}`, [Lambda!], [switched ? sgdLearningRate! : 0], 1e-4);
  },
});

/** With a constant gradient, a step of Adam is learningRate·sign(g), and γ = learningRate/|g| from the first on. */
const options = { learningRate: 1, beta1: 0.5, beta2: 0.5, epsilon: 0, switchTolerance: 1e-3 };
const fours = Array<number[]>(5).fill([4]);

describe('SWATS: the SGD phase', () => {
  it('begins with the third step at the earliest, with a buffer of zeros', async () => {
    // Λ = ¼; b = 4, 6, 7, of which (1 − ½)·¼ are taken
    const want = [[-1], [-2], [-2.5], [-3.25], [-4.125]];
    expectWalk(await walk(new SWATS(options), [0], fours), want);
  });

  it('may look ahead, as Nesterov does', async () => {
    // g + ½b = 6, 7, 7.5
    const want = [[-1], [-2], [-2.75], [-3.625], [-4.5625]];
    expectWalk(await walk(new SWATS({ ...options, nesterov: true }), [0], fours), want);
  });

  it('follows a schedule, from the learning rate at the switch on', async () => {
    const learningRate = (step: number): number => [1, 1, 1, 0.5, 0][step]!;
    const want = [[-1], [-2], [-2.5], [-2.875], [-2.875]];
    expectWalk(await walk(new SWATS({ ...options, learningRate }), [0], fours), want);
    // Switched at ½, where Λ = ⅛
    const halved = (step: number): number => [0.5, 0.5, 1, 1, 1][step]!;
    const doubled = [[-0.5], [-1], [-1.5], [-2.25], [-3.125]];
    expectWalk(await walk(new SWATS({ ...options, learningRate: halved }), [0], fours), doubled);
  });

  it('gives a group the rate in proportion to its own', async () => {
    const groups = [{ match: /x/, learningRate: 0.5 }];
    const optimizer = new SWATS({ ...options, parameterGroups: groups });
    // γ = ½/4 = Λ stands for a rate of 1, so that the group has half of it
    const want = [[-0.5], [-1], [-1.125]];
    expectWalk(await walk(optimizer, [0], fours.slice(0, 3)), want);
  });

  it('decays by Λ in place of the learning rate', async () => {
    const decoupled = { ...options, beta1: 0, weightDecay: 0.4, weightDecayMode: 'decoupled' } as const;
    // Factors 0.6, 0.6, then 1 − 0.1; with β₁ = 0 all steps are 1 long
    const want = [[10 * 0.6 - 1], [5 * 0.6 - 1], [2 * 0.9 - 1]];
    expectWalk(await walk(new SWATS(decoupled), [10], fours.slice(0, 3)), want);
    const independent = { ...decoupled, weightDecayMode: 'independent' } as const;
    expectWalk(await walk(new SWATS(independent), [10], fours.slice(0, 3)), [[5], [2], [0.2]]);
  });

  it('goes on after loading, in SGD', async () => {
    const x = tf.tidy(() => tf.variable(tf.scalar(0), true, 'x'));
    const four = tf.scalar(4);
    const first = new SWATS(options);
    for (let i = 0; i < 3; i++) first.applyGradients({ x: four });
    const second = new SWATS(options);
    await second.loadStateDict(await first.stateDict());
    second.applyGradients({ x: four });
    expect((await x.data())[0]).toBeCloseTo(-3.25, 6);
    expect(await second.readGlobals()).toEqual(await first.readGlobals());
    tf.dispose([x, four]);
    for (const optimizer of [first, second]) optimizer.dispose();
  });
});

describe('SWATS: the estimate', () => {
  /** λ and phase after each of some gradients of one weight. */
  async function estimates(given: SWATSOptions, gradients: readonly number[]): Promise<[number, number][]> {
    const optimizer = new SWATS(given);
    const x = tf.tidy(() => tf.variable(tf.scalar(0), true, 'x'));
    const seen: [number, number][] = [];
    for (const gradient of gradients) {
      tf.tidy(() => optimizer.applyGradients({ x: tf.scalar(gradient) }));
      const { lambda, phase } = await optimizer.readGlobals();
      seen.push([lambda!, phase!]);
    }
    x.dispose();
    optimizer.dispose();
    return seen;
  }

  it('goes against the gradient after a turn, which counts in λ but brings no switch', async () => {
    const given = { ...options, beta1: 0.9, switchTolerance: 100 };
    const got = await estimates(given, [4, -1]);
    // m = 0.4, then 0.26; v = 8, then 4.5
    const gamma = -((Math.sqrt(0.75) / 0.19) * 0.26) / Math.sqrt(4.5);
    const want = [0.125, 0.0625 + 0.5 * gamma];
    expectClose(
      'λ',
      got.map(([lambda]) => lambda),
      want,
      1e-5,
    );
    expect(got.map(([, phase]) => phase)).toEqual([0, 0]);
  });

  it('stays as it is where the step and the gradient have no product', async () => {
    const got = await estimates({ ...options, epsilon: 1e-9, switchTolerance: 100 }, [0, 0, 4, 0, 4]);
    // γ = 0.5·4·√0.875/0.875/√8 ÷ 4 at step 3, where L = λ/0.875; nothing at step 4
    const gamma = ((Math.sqrt(0.875) / 0.875) * 2) / Math.sqrt(8) / 4;
    expectClose(
      'λ',
      got.slice(0, 4).map(([lambda]) => lambda),
      [0, 0, gamma / 2, gamma / 2],
      1e-5,
    );
    expect(got.map(([, phase]) => phase)).toEqual([0, 0, 1, 1, 1]);
  });

  it('is that of all parameters together, of those that have a gradient', async () => {
    const [x, y, z] = ['x', 'y', 'z'].map((name) => tf.tidy(() => tf.variable(tf.ones([2]), true, name)));
    const optimizer = new SWATS(options);
    tf.tidy(() => optimizer.applyGradients({ x: tf.tensor1d([4, -2]), y: tf.tensor1d([1, 0.5]) }));
    // Four steps of length 1: γ = 4/7.5, half of which is λ
    expect((await optimizer.readGlobals())['lambda']).toBeCloseTo(2 / 7.5, 6);
    expect([...(await z!.data())]).toEqual([1, 1]);
    tf.dispose([x, y, z]);
    optimizer.dispose();
  });
});

it.each([
  [{ learningRate: -1 }, 'learningRate must be in [0, ∞), got -1'],
  [{ epsilon: Infinity }, 'epsilon must be in [0, ∞), got Infinity'],
  [{ switchTolerance: -1 }, 'switchTolerance must be in [0, ∞), got -1'],
  [{ weightDecay: NaN }, 'weightDecay must be in [0, ∞), got NaN'],
  [{ beta1: 1 }, 'beta1 must be in [0, 1), got 1'],
  [{ beta2: -0.1 }, 'beta2 must be in [0, 1), got -0.1'],
  [{ adanormR: 1 }, 'adanormR must be in [0, 1), got 1'],
  [
    { weightDecayMode: 'l2' as 'coupled' },
    `weightDecayMode must be one of 'decoupled', 'coupled', 'independent', 'corrected', got "l2"`,
  ],
])('SWATS refuses %o', (options, message) => {
  expect(() => new SWATS(options)).toThrow(new RangeError(`SWATS: ${message}`));
});
