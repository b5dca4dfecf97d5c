// SPDX-License-Identifier: Apache-2.0

import { AdaNorm, type AdaNormOptions } from '@optim/adanorm';
import {
  adaNorm,
  commonOptions,
  hyper,
  Optimizer,
  type Hyper,
  type OptimizerOptions,
  type Rule,
} from '@optim/core/authoring';
import { zero } from '@optim/formulas';
import { goldenSuite, suite } from '@optim/testing';
import golden from '@optim/testing/golden/AdaNorm.json' with { type: 'json' };
import correction from '@optim/testing/golden/AdaNormCorrection.json' with { type: 'json' };
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';

suite(golden, (options) => new AdaNorm(options));

interface DescentOptions extends OptimizerOptions {
  r?: Hyper;
}

/** Gradient descent along the corrected gradient: p ← p − learningRate·s. */
class Descent extends Optimizer<DescentOptions> {
  static readonly className: string = 'Descent';

  static override readonly rule: Rule<DescentOptions, 'e'> = {
    options: { learningRate: hyper('[0, ∞)', 0.1), r: hyper('[0, 1)', 0.95), ...commonOptions() },
    slots: () => ({ e: zero }),
    update({ param, grad, e }, { learningRate, r }) {
      const { stretched, kept } = adaNorm(grad, e, r);
      return { ...kept, param: param.sub(stretched.mul(learningRate)) };
    },
  };
}

goldenSuite(correction, (options) => new Descent(options));

type Seen = Record<'x' | 'm' | 'v' | 'x2' | 'e', number>;

/** The second of two weights that start at zero, with its state, after each of some gradients. */
async function walk(options: AdaNormOptions, gradients: readonly [number, number][]): Promise<Seen[]> {
  const optimizer = new AdaNorm({ learningRate: 1, beta1: 0, beta2: 0.5, r: 0.5, ...options });
  const x = tf.tidy(() => tf.variable(tf.zeros([2])));
  const seen: Seen[] = [];
  for (const gradient of gradients) {
    tf.tidy(() => optimizer.applyGradients({ [x.name]: tf.tensor1d(gradient) }));
    const { m, v, x: largest, e } = (await optimizer.stateDict()).parameters[0]!.slots;
    seen.push({
      x: (await x.data())[1]!,
      m: m!.data[1]!,
      v: v!.data[1]!,
      x2: largest?.data[1] ?? Number.NaN,
      e: e!.data[0]!,
    });
  }
  x.dispose();
  optimizer.dispose();
  return seen;
}

describe('AdaNorm', () => {
  it('stretches a gradient that is shorter than the average, and no other; v sees it as it is', async () => {
    const seen = await walk({ epsilon: 0 }, [
      [3, 4],
      [0.6, 0.8],
      [6, 8],
    ]);
    // ‖g‖ = 5, 1, 10; e = 2.5, 1.75, 5.875.
    [2.5, 1.75, 5.875].forEach((e, i) => expect(seen[i]!.e).toBeCloseTo(e, 6));
    [4, 0.8 * 1.75, 8].forEach((m, i) => expect(seen[i]!.m).toBeCloseTo(m, 6));
    [8, 4.32, 34.16].forEach((v, i) => expect(seen[i]!.v).toBeCloseTo(v, 5));
  });

  it('does not move for a gradient of zero, whose average goes on', async () => {
    const seen = await walk({}, [
      [3, 4],
      [0, 0],
      [0, 0],
    ]);
    expect(seen.map(({ e }) => e)).toEqual([2.5, 1.25, 0.625]);
    expect(seen[1]!.m).toBe(0);
    expect(seen[2]!.x).toBe(seen[0]!.x);
    expect((await walk({}, [[0, 0]]))[0]).toMatchObject({ x: 0, m: 0, e: 0 });
  });

  it('keeps ε in v, and adds it to the root once more', async () => {
    const seen = await walk({ epsilon: 0.25 }, [
      [0, 2],
      [0, 2],
    ]);
    // v = 2 + ε, then half of it + 2 + ε; corrections ½ and ¾.
    expect(seen[0]!.v).toBe(2.25);
    expect(seen[0]!.x).toBeCloseTo(-2 / (Math.sqrt(4.5) + 0.25), 6);
    expect(seen[1]!.v).toBe(3.375);
    expect(seen[1]!.x).toBeCloseTo(seen[0]!.x - 2 / (Math.sqrt(4.5) + 0.25), 6);
  });

  it('keeps ε out of v and of the largest v with amsgrad, and under the root', async () => {
    const seen = await walk({ epsilon: 0.25, amsgrad: true }, [
      [0, 2],
      [0, 1],
    ]);
    expect(seen.map(({ v }) => v)).toEqual([2, 1.5]);
    expect(seen.map(({ x2 }) => x2)).toEqual([2, 2]);
    expect(seen[0]!.x).toBeCloseTo(-2 / (Math.sqrt(4.5) + 0.25), 6);
    // e = 1, then 1: the gradient of 1 is not stretched.
    expect(seen[1]!.x).toBeCloseTo(seen[0]!.x - 1 / (Math.sqrt(3) + 0.25), 6);
  });
});
