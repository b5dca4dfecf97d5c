// SPDX-License-Identifier: Apache-2.0

import { SCION, SCIONLight, type SCIONOptions } from '@optim/scion';
import { after, goldenSuite, near, suite, type GoldenMake } from '@optim/testing';
import golden from '@optim/testing/golden/SCION.json' with { type: 'json' };
import goldenLight from '@optim/testing/golden/SCIONLight.json' with { type: 'json' };
import * as tf from '@tensorflow/tfjs-core';
import * as fc from 'fast-check';
import { describe, expect, inject, it } from 'vitest';

type Options = Record<string, unknown>;

/** Options of a golden case, whose groups name their parameters; the suite has decays, and targets far outside the ball. */
function optionsOf({ parameterGroups, ...options }: Options, isGolden: boolean): Options {
  if (!isGolden)
    return {
      unconstrained: true,
      radius: 5,
      alpha: 0.9,
      ...options,
      ...(parameterGroups !== undefined && { parameterGroups }),
    };
  const groups = (parameterGroups ?? []) as readonly { match: readonly string[] }[];
  return {
    ...options,
    parameterGroups: groups.map(({ match, ...others }) => ({
      ...others,
      match: ({ name }: tf.Variable) => match.includes(name),
    })),
  };
}

suite(golden, (options, of) => new SCION(optionsOf(options, of !== undefined)));
const light: GoldenMake = (options, of) => new SCIONLight(optionsOf(options, of !== undefined));
// Its kernels are those of SCION; on graphics processors its numbers are enough.
if (inject('backend').startsWith('web')) goldenSuite(goldenLight, light);
else suite(goldenLight, light);

/** Where steps along one gradient lead from `start` everywhere. */
function from(
  options: SCIONOptions,
  shape: number[],
  gradient: readonly number[],
  { steps = 1, start = 0 } = {},
): Promise<number[]> {
  const gradients = Array.from({ length: steps }, () => gradient);
  return after(new SCION({ learningRate: 1, ...options }), shape, gradients, { start });
}

describe('SCION', () => {
  const g = [3, 0, -4, 6, 0, 8];

  it.each<[string, SCIONOptions, number[], readonly number[]]>([
    ['sign', { norm: 'sign' }, [2, 3], [-0.5, 0, 0.5, -0.5, 0, -0.5]],
    ['sign, not normalized', { norm: 'sign', normalized: false }, [2, 3], [-1, 0, 1, -1, 0, -1]],
    // Inputs (3, 0, −4) and (6, 0, 8): √(25/3), √(100/3).
    ['column', { norm: 'column' }, [2, 3], g.map((x, i) => -x / Math.sqrt(i < 3 ? 25 / 3 : 100 / 3))],
    [
      'column, normalized',
      { norm: 'column', normalized: true },
      [2, 3],
      g.map((x, i) => -x / Math.sqrt(i < 3 ? 25 / 3 : 100 / 3) / 2),
    ],
    // Outputs (3, 6), (0, 0), (−4, 8): √45, 0, √80.
    [
      'row, not normalized',
      { norm: 'row', normalized: false },
      [2, 3],
      g.map((x, i) => -x / Math.sqrt([45, 1, 80][i % 3]!)),
    ],
    ['row', { norm: 'row' }, [2, 3], g.map((x, i) => -x / Math.sqrt([90, 1, 160][i % 3]!))],
    // [out, in]: inputs are the columns now, of two outputs each; three inputs.
    [
      'column, transposed',
      { norm: 'column', transposed: true, normalized: true },
      [2, 3],
      g.map((x, i) => -x / Math.sqrt([45, 1, 80][i % 3]! / 2) / 3),
    ],
    [
      'row, transposed',
      { norm: 'row', transposed: true },
      [2, 3],
      g.map((x, i) => -x / Math.sqrt((i < 3 ? 25 : 100) * 3)),
    ],
    ['bias', {}, [6], g.map((x) => -x / Math.sqrt(125 / 6))],
    ['bias of a depthwise kernel', { norm: 'bias' }, [1, 2, 3, 1], g.map((x) => -x / Math.sqrt(125 / 6))],
  ])('steps by hand: %s', async (_name, options, shape, want) => {
    expect(await from(options, shape, g)).toEqual(near(want));
    expect(await from({ ...options, radius: 3, learningRate: 0.25 }, shape, g, { start: 2 })).toEqual(
      near(want.map((x) => 1.5 + 0.75 * x)),
    );
  });

  it('scales spectral steps by the shape', async () => {
    const norm = async (options: SCIONOptions, shape: number[]): Promise<number> =>
      Math.hypot(...(await from(options, shape, g)));
    const wide = await norm({ normalized: false }, [2, 3]);
    const tall = await norm({ normalized: false }, [3, 2]);
    // √(out/fan), where that is at least 1 if it must be.
    expect(await norm({}, [2, 3])).toBeCloseTo(wide / Math.SQRT2, 5);
    expect(await norm({}, [3, 2])).toBeCloseTo(tall / Math.sqrt(3), 5);
    expect(await norm({ atLeastOne: true }, [2, 3])).toBeCloseTo(wide / Math.SQRT2, 5);
    expect(await norm({ atLeastOne: true }, [3, 2])).toBeCloseTo(tall / Math.SQRT2, 5);
    // A kernel [h·w, in, out] is the matrix [h·w·in, out], divided by h·w.
    const matrix = await from({ normalized: false }, [3, 2], g);
    const f = Math.sqrt(2 / 1) / 3 / Math.SQRT2;
    expect(await from({}, [3, 1, 2], g)).toEqual(near(matrix.map((x) => x * f)));
    expect(await from({}, [1, 3, 1, 2], g)).toEqual(near(matrix.map((x) => x * f)));
  });

  it('averages gradients, and SCIONLight adds them up', async () => {
    const m = async (Class: typeof SCION | typeof SCIONLight): Promise<unknown> => {
      const p = tf.tidy(() => tf.variable(tf.zeros([2]), true, 'p'));
      const optimizer = new Class({ alpha: 0.25 });
      for (let t = 0; t < 2; t++) tf.tidy(() => optimizer.applyGradients({ p: tf.tensor1d([1, -2]) }));
      const { slots } = (await optimizer.stateDict()).parameters[0]!;
      optimizer.dispose();
      p.dispose();
      return [...slots['m']!.data];
    };
    expect(await m(SCION)).toEqual([0.4375, -0.875]);
    expect(await m(SCIONLight)).toEqual([1.75, -3.5]);
  });

  it('stays within the ball', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(fc.double({ min: -100, max: 100, noNaN: true }), { minLength: 6, maxLength: 6 }),
        fc.double({ min: 0.01, max: 1, noNaN: true }),
        async (gradient, learningRate) => {
          const values = await from(
            { norm: 'sign', normalized: false, learningRate, radius: 2 },
            [2, 3],
            gradient,
            {
              steps: 5,
              start: 1,
            },
          );
          for (const value of values) expect(Math.abs(value)).toBeLessThanOrEqual(2 * (1 + 1e-6));
        },
      ),
      { numRuns: 20 },
    ));

  it('only shrinks what has no gradient in it', async () => {
    for (const [shape, norm] of [
      [[2, 3], 'spectral'],
      [[2, 3], 'row'],
      [[2, 3], 'column'],
      [[2, 3], 'sign'],
      [[1, 2, 3], 'spectralConv'],
      [[6], 'bias'],
    ] as const)
      expect(
        await from({ norm, learningRate: 0.25 }, [...shape], [0, 0, 0, 0, 0, 0], { start: 1 }),
        norm,
      ).toEqual([0.75, 0.75, 0.75, 0.75, 0.75, 0.75]);
  });

  it.each<[SCIONOptions, string]>([
    [{ alpha: 0 }, 'alpha must be in (0, 1], got 0'],
    [{ alpha: 1.5 }, 'alpha must be in (0, 1], got 1.5'],
    [{ radius: 0 }, 'radius must be in (0, ∞), got 0'],
    [{ nsSteps: 2.5 }, 'nsSteps must be an integer in [1, 100], got 2.5'],
    [{ learningRate: 2 }, 'learningRate must be in [0, 1] unless unconstrained, got 2'],
    [
      { weightDecay: 0.1 },
      'weightDecay must be 0 unless unconstrained, since the constrained step is a decay of learningRate, got 0.1',
    ],
    [
      { unconstrained: true, parameterGroups: [{ match: /p/, unconstrained: false, learningRate: 3 }] },
      'learningRate must be in [0, 1] unless unconstrained, got 3',
    ],
    [
      { norm: 'nuclear' as never },
      `norm must be one of 'auto', 'spectral', 'spectralConv', 'row', 'column', 'sign', 'bias', got "nuclear"`,
    ],
  ])('refuses %o', (options, message) => {
    expect(() => new SCION(options)).toThrow(new RangeError(`SCION: ${message}`));
    expect(() => new SCIONLight(options)).toThrow(new RangeError(`SCIONLight: ${message}`));
  });

  it.each<[SCIONOptions, number[], string]>([
    [{ norm: 'spectral' }, [6], `must be one of 'bias', got "spectral"`],
    [{ norm: 'bias' }, [2, 3], `must be one of 'spectral', 'row', 'column', 'sign', got "bias"`],
    [{ norm: 'row' }, [1, 2, 3], `must be one of 'spectralConv', 'bias', got "row"`],
    [{}, [1, 1, 1, 2, 3], 'must be of a variable of rank 4 or less, got "auto"'],
  ])('refuses a norm that does not fit: %o for [%s]', async (options, shape, message) => {
    await expect(from(options, shape, g)).rejects.toThrow(
      new RangeError(`SCION: norm of "p", which has the shape [${shape}], ${message}`),
    );
  });

  it('refuses a rate above 1 that a schedule or the setter gives, and nothing has changed', async () => {
    const p = tf.tidy(() => tf.variable(tf.ones([2]), true, 'p'));
    const optimizer = new SCION({ learningRate: (step) => step + 1.5 });
    const message = 'SCION: learningRate must be in [0, 1] unless unconstrained, got ';
    tf.tidy(() => {
      expect(() => optimizer.applyGradients({ p: tf.ones([2]) })).toThrow(new RangeError(`${message}1.5`));
    });
    expect([...(await p.data())]).toEqual([1, 1]);
    expect(optimizer.iterations).toBe(0);
    expect(() => (optimizer.learningRate = 4)).toThrow(new RangeError(`${message}4`));
    optimizer.dispose();
    p.dispose();
  });
});
