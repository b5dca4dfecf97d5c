// SPDX-License-Identifier: Apache-2.0

import { ScheduleFreeAdamW, ScheduleFreeRAdam, ScheduleFreeSGD } from '@optim/schedulefree';
import {
  expectClose,
  expectWalk,
  freeOwned,
  own,
  suite,
  tolerance,
  walk,
  type GoldenCase,
  type GoldenExtras,
} from '@optim/testing';
import adamW from '@optim/testing/golden/ScheduleFreeAdamW.json' with { type: 'json' };
import radam from '@optim/testing/golden/ScheduleFreeRAdam.json' with { type: 'json' };
import sgd from '@optim/testing/golden/ScheduleFreeSGD.json' with { type: 'json' };
import * as layers from '@tensorflow/tfjs-layers';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, describe, expect, it } from 'vitest';

type Either = ScheduleFreeAdamW | ScheduleFreeRAdam | ScheduleFreeSGD;

/** A case knows the average too, and how far the reference strays from it in float32. */
interface Averaged extends GoldenCase {
  readonly evaluationTrajectory: GoldenCase['trajectory'];
  readonly evaluationFloat32Deviation: number;
}

/** Looks at the evaluation point, and goes back: the training trajectory has to fit afterwards too. */
const check: GoldenExtras<Either>['check'] = async (optimizer, golden, t, variables) => {
  const { evaluationTrajectory, evaluationFloat32Deviation } = golden as Averaged;
  const tol = tolerance({ float32Deviation: evaluationFloat32Deviation });
  optimizer.useEvaluationWeights();
  for (const [name, want] of Object.entries(evaluationTrajectory[t] ?? {})) {
    const got = await variables.find((variable) => variable.name === name)!.data();
    expectClose(`step ${t}, average of ${name}`, got, want, tol);
  }
  optimizer.useTrainingWeights();
};

suite(adamW, (options) => new ScheduleFreeAdamW(options), { check });
// By default the first four steps, of the few that the suite makes, are none.
const moving = { silentSgdPhase: false, beta2: 0.9 };
suite(radam, (options, golden) => new ScheduleFreeRAdam(golden ? options : { ...moving, ...options }), {
  check,
});
suite(sgd, (options) => new ScheduleFreeSGD(options), { check });

afterEach(freeOwned);

const weights = (values: number[], name?: string): tf.Variable =>
  own(tf.tidy(() => tf.variable(tf.tensor1d(values), true, name)));
const read = async (tensor: tf.Tensor): Promise<number[]> => [...(await tensor.data())];
const close = (...numbers: number[]): number[] =>
  numbers.map((number) => expect.closeTo(number, 5) as number);

function step(optimizer: Either, variable: tf.Variable, gradient: number[]): void {
  tf.tidy(() => optimizer.applyGradients({ [variable.name]: tf.tensor1d(gradient) }));
}

describe('the rule', () => {
  it('averages the iterates z: their mean with a constant rate', async () => {
    const w = weights([1, 1]);
    const optimizer = own(new ScheduleFreeSGD({ learningRate: 0.5 }));
    // z: 0, then −0.5, then −2; the second element has no gradient.
    const points: [y: number, x: number][] = [
      [0, 0],
      [-0.9 * 0.25 - 0.1 * 0.5, -0.25],
      [-0.9 * (2.5 / 3) - 0.1 * 2, -2.5 / 3],
    ];
    for (const [i, gradient] of [2, 1, 3].entries()) {
      step(optimizer, w, [gradient, 0]);
      const [y, x] = points[i]!;
      expect(await read(w)).toEqual(close(y, 1));
      optimizer.useEvaluationWeights();
      expect(await read(w)).toEqual(close(x, 1));
      optimizer.useTrainingWeights();
    }
    expect(await optimizer.readGlobals()).toMatchObject({ evaluating: 0, Lmax: 0.5, W: 0.75 });
  });

  it('moves y towards z along a gradient of zero', async () => {
    const seen = await walk(new ScheduleFreeSGD({ learningRate: 0.5 }), [1], [[2], [1], [0]]);
    expectWalk(seen, [[0], [-0.275], [-0.275 + (-0.5 + 0.275) / 3]]);
  });

  it('warms up by the rate, and gives late steps more weight', async () => {
    const optimizer = new ScheduleFreeSGD({ learningRate: 0.4, warmupSteps: 2, r: 1, weightLrPower: 1 });
    // L = 0.2, 0.4; ω = 0.2, 2·0.4, so that c = 0.8; z = 0.8, 0.4.
    const x = 0.2 * 0.8 + 0.8 * 0.4;
    expectWalk(await walk(optimizer, [1], [[1], [1]]), [[0.8], [0.9 * x + 0.1 * 0.4]]);
  });

  it('counts the steps of the optimizer, also for a parameter whose first gradient comes late', async () => {
    const rate = { learningRate: 0.4, warmupSteps: 2 };
    // In step 2 L = 0.4 and c = 0.8, and v/(1 − β₂ᵗ) = 0.5/0.75.
    for (const [optimizer, u] of [
      [new ScheduleFreeSGD(rate), 1],
      [new ScheduleFreeAdamW({ ...rate, beta2: 0.5 }), Math.sqrt(1.5)],
    ] as const) {
      const late = weights([1]);
      step(own(optimizer), weights([1]), [1]);
      step(optimizer, late, [1]);
      expect(await read(late)).toEqual(close(1 - 0.4 * (1 - 0.9 * 0.2) * u));
    }
  });

  it('weighs by the largest rate so far, which never falls', async () => {
    const w = weights([1]);
    const optimizer = own(new ScheduleFreeSGD({ learningRate: (done) => 1 / (done + 1) }));
    for (const gradient of [1, 1, 1]) step(optimizer, w, [gradient]);
    expect(await optimizer.readGlobals()).toMatchObject({ Lmax: 1, W: 3 });
  });

  it('stands still at a rate of 0, and starts when there is one', async () => {
    const learningRate = (done: number): number => (done < 2 ? 0 : 0.5);
    for (const optimizer of [
      new ScheduleFreeSGD({ learningRate }),
      new ScheduleFreeAdamW({ learningRate, beta2: 0 }),
    ]) {
      expectWalk(await walk(optimizer, [1], [[1], [1], [1]]), [[1], [1], [0.5]]);
    }
  });

  it('ScheduleFreeAdamW moves every element with a gradient by the rate, and the others not, without ε', async () => {
    const optimizer = new ScheduleFreeAdamW({ learningRate: 0.25, epsilon: 0, innerMomentum: 0.5 });
    expectWalk(await walk(optimizer, [1, 1, 1], [[3, -1e-3, 0]]), [[0.75, 1.25, 1]]);
  });

  it('ScheduleFreeRAdam does not move while the variance is not finite, and is SGD if it may be', async () => {
    const gradients = [[2], [2], [2], [2], [2]];
    const silent = await walk(new ScheduleFreeRAdam({ learningRate: 0.5 }), [1], gradients);
    expectWalk(silent.slice(0, 4), [[1], [1], [1], [1]]);
    // ρ = 4.996, ρ∞ = 1999; c = 1, and the step is L along the sign.
    const R = Math.sqrt((0.995998 * 2.995998 * 1999) / (1995 * 1997 * 4.995998));
    expect(silent[4]![0]).toBeCloseTo(1 - 0.5 * R, 5);
    const options = { learningRate: 0.5, silentSgdPhase: false, weightDecay: 0.1 };
    // c = 1: y = z = 1 − 0.5·(2 + 0.1)
    expectWalk((await walk(new ScheduleFreeRAdam(options), [1], gradients)).slice(0, 1), [[-0.05]]);
  });

  it('decays at y, along with the gradient or beside its scaling', async () => {
    const options = { learningRate: 0.5, weightDecay: 0.1 };
    expectWalk(await walk(new ScheduleFreeSGD(options), [2], [[1]]), [[2 - 0.5 * 1.2]]);
    expectWalk(await walk(new ScheduleFreeAdamW(options), [2], [[7]]), [[2 - 0.5 * 1.2]]);
    expectWalk(await walk(new ScheduleFreeAdamW(options), [2], [[0]]), [[2 - 0.5 * 0.2]]);
  });
});

describe('the two points', () => {
  const both: [string, () => Either][] = [
    ['ScheduleFreeAdamW', () => new ScheduleFreeAdamW({ learningRate: 0.1 })],
    ['ScheduleFreeSGD', () => new ScheduleFreeSGD({ learningRate: 0.1 })],
  ];
  const gradients = [
    [1, -2],
    [0.5, 1],
    [-1, 3],
  ] as const;
  const trained = (make: () => Either): { w: tf.Variable; optimizer: Either } => {
    const w = weights([1, 2]);
    const optimizer = own(make());
    for (const gradient of gradients) step(optimizer, w, [...gradient]);
    return { w, optimizer };
  };

  it.each(both)('%s: are the same before the first step, which may follow', async (_, make) => {
    const w = weights([1, 2]);
    const optimizer = own(make());
    optimizer.useEvaluationWeights();
    expect(await read(w)).toEqual([1, 2]);
    step(optimizer, w, [1, 1]);
    expect(await read(w)).not.toEqual([1, 2]);
  });

  it.each(both)('%s: are gone to once, leak nothing, and leave copies as they are', async (_, make) => {
    const { w, optimizer } = trained(make);
    const y = await read(w);
    const copy = own(tf.clone(w));
    optimizer.useTrainingWeights();
    expect(await read(w)).toEqual(y);
    const { numTensors } = tf.memory();
    optimizer.useEvaluationWeights();
    const x = await read(w);
    expect(x).not.toEqual(y);
    optimizer.useEvaluationWeights();
    expect(await read(w)).toEqual(x);
    expect(await read(copy)).toEqual(y);
    optimizer.useTrainingWeights();
    expect(await read(w)).toEqual(close(...y));
    expect(tf.memory().numTensors).toBe(numTensors);
  });

  it.each(both)('%s: no step is done at x, and nothing has changed then', async (name, make) => {
    const { w, optimizer } = trained(make);
    optimizer.useEvaluationWeights();
    const before = { values: await read(w), state: await optimizer.stateDict() };
    const message = `${name}: the variables are at the evaluation point; call useTrainingWeights() first`;
    expect(() => step(optimizer, w, [1, 1])).toThrow(new Error(message));
    expect(() => optimizer.minimize(() => tf.sum(w), false, [w])).toThrow(new Error(message));
    expect({ values: await read(w), state: await optimizer.stateDict() }).toEqual(before);
    optimizer.useTrainingWeights();
    step(optimizer, w, [1, 1]);
    expect(optimizer.iterations).toBe(4);
  });

  const ways: Record<string, (from: Either, to: Either) => Promise<void>> = {
    stateDict: async (from, to) => to.loadStateDict(await from.stateDict()),
    getWeights: async (from, to) => to.setWeights(await from.getWeights()),
  };

  it.each(both.flatMap(([name, make]) => Object.keys(ways).map((way) => [name, way, make] as const)))(
    '%s: %s tells which one the variables are at',
    async (name, way, make) => {
      const { w, optimizer } = trained(make);
      const y = await read(w);
      optimizer.useEvaluationWeights();
      const x = await read(w);
      const other = own(make());
      await ways[way]!(optimizer, other);
      expect((await other.readGlobals())['evaluating']).toBe(1);
      expect(() => step(other, w, [1, 1])).toThrow('call useTrainingWeights() first');
      other.useEvaluationWeights();
      // It has yet to see them.
      const message = `${name}: no variable has been seen since the state was loaded; pass the variables`;
      expect(() => other.useTrainingWeights()).toThrow(new Error(message));
      expect(await read(w)).toEqual(x);
      other.useTrainingWeights([w]);
      expect(await read(w)).toEqual(close(...y));
      step(other, w, [1, 1]);
      const went = await read(w);

      optimizer.useTrainingWeights();
      step(optimizer, w, [0, 0]);
      await ways[way]!(other, optimizer);
      optimizer.useEvaluationWeights();
      optimizer.useTrainingWeights();
      expect(await read(w)).not.toEqual(went);
      expect((await optimizer.readGlobals())['evaluating']).toBe(0);
    },
  );

  it('a state of training makes an optimizer train that was at x', async () => {
    const { w, optimizer } = trained(both[1]![1]);
    const state = await optimizer.stateDict();
    const y = await read(w);
    optimizer.useEvaluationWeights();
    await optimizer.loadStateDict(state);
    w.assign(own(tf.tensor1d(y)));
    step(optimizer, w, [1, 1]);
    optimizer.useEvaluationWeights();
    await optimizer.loadStateDict({ ...state, step: 0, globals: {}, parameters: [] });
    step(optimizer, w, [1, 1]);
    expect(optimizer.iterations).toBe(1);
  });

  it('go by the momentum of the group', async () => {
    const [a, b] = [weights([1], 'a'), weights([1], 'b')];
    const optimizer = own(
      new ScheduleFreeSGD({ learningRate: 0.5, parameterGroups: [{ match: /b/, momentum: 0.5 }] }),
    );
    for (const gradient of [2, 1]) {
      tf.tidy(() => optimizer.applyGradients({ a: tf.tensor1d([gradient]), b: tf.tensor1d([gradient]) }));
    }
    const now = async (): Promise<number[]> => [...(await read(a)), ...(await read(b))];
    const y = close(-0.9 * 0.25 - 0.1 * 0.5, -0.5 * 0.25 - 0.5 * 0.5);
    expect(await now()).toEqual(y);
    optimizer.useEvaluationWeights();
    expect(await now()).toEqual(close(-0.25, -0.25));
    optimizer.useTrainingWeights();
    expect(await now()).toEqual(y);
  });

  it('leave the variables where they are when the optimizer is disposed', async () => {
    const { w, optimizer } = trained(both[0]![1]);
    optimizer.useEvaluationWeights();
    const x = await read(w);
    optimizer.dispose();
    expect(await read(w)).toEqual(x);
    expect(() => optimizer.useTrainingWeights()).toThrow(
      new Error('ScheduleFreeAdamW: the optimizer was disposed; make a new one'),
    );
  });
});

describe('with a model', () => {
  const dense = (): layers.LayersModel =>
    layers.sequential({
      layers: [layers.layers.dense({ units: 1, inputShape: [2], kernelInitializer: 'ones' })],
    });

  it('fit trains at y, evaluate and save see x, and a loaded one goes on', async () => {
    const model = own(dense());
    const optimizer = own(new ScheduleFreeSGD({ learningRate: 0.1 }));
    model.compile({ optimizer, loss: 'meanSquaredError' });
    const xs = own(tf.tensor2d([1, 2, 3, 4, -1, 1, 0, 2], [4, 2]));
    const ys = own(tf.tensor2d([1, 0, 2, 1], [4, 1]));
    const fit = (of: layers.LayersModel): Promise<layers.History> =>
      of.fit(xs, ys, { epochs: 3, batchSize: 2, shuffle: false, verbose: 0 });
    const loss = async (): Promise<number> => (await own(model.evaluate(xs, ys) as tf.Scalar).data())[0]!;
    await fit(model);
    const atY = await loss();
    optimizer.useEvaluationWeights();
    const atX = await loss();
    expect(atX).not.toBe(atY);

    let artifacts: tf.io.ModelArtifacts | undefined;
    const handler = tf.io.withSaveHandler((given) => {
      artifacts = given;
      return Promise.resolve({ modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: 'JSON' } });
    });
    await model.save(handler, { includeOptimizer: true });
    const loaded = own(await layers.loadLayersModel(tf.io.fromMemory(artifacts!)));
    const other = own(loaded.optimizer as ScheduleFreeSGD);
    expect(await read(loaded.getWeights()[0]!)).toEqual(await read(model.getWeights()[0]!));
    other.useTrainingWeights(loaded.trainableWeights.map((weight) => weight.read() as tf.Variable));
    optimizer.useTrainingWeights();
    await fit(model);
    await fit(loaded);
    expect(await read(loaded.getWeights()[0]!)).toEqual(await read(model.getWeights()[0]!));
    expect(other.iterations).toBe(12);
  });
});

describe('what they refuse', () => {
  it.each([0, 1])('a share of %d', (share) => {
    expect(() => new ScheduleFreeSGD({ momentum: share })).toThrow(
      new RangeError(`ScheduleFreeSGD: momentum must be in (0, 1), got ${share}`),
    );
    expect(() => new ScheduleFreeAdamW({ beta1: share })).toThrow(
      new RangeError(`ScheduleFreeAdamW: beta1 must be in (0, 1), got ${share}`),
    );
  });

  it('a β₂ with which ScheduleFreeRAdam would never move', () => {
    expect(() => new ScheduleFreeRAdam({ beta2: 0.6 })).toThrow(
      new RangeError('ScheduleFreeRAdam: beta2 must be above 0.6 with silentSgdPhase, got 0.6'),
    );
  });

  it('a schedule of the share, a mode of decay', () => {
    const options = [{ momentum: (): number => 0.9 }, { weightDecayMode: 'coupled' }] as object[];
    expect(() => new ScheduleFreeSGD(options[0])).toThrow('ScheduleFreeSGD: momentum must be a number');
    expect(() => new ScheduleFreeSGD(options[1])).toThrow('unknown option "weightDecayMode"');
  });
});

describe('groups', () => {
  const classes = [
    ['ScheduleFreeAdamW', (options: object): Either => new ScheduleFreeAdamW(options)],
    ['ScheduleFreeRAdam', (options: object): Either => new ScheduleFreeRAdam(options)],
    ['ScheduleFreeSGD', (options: object): Either => new ScheduleFreeSGD(options)],
  ] as const;
  it.each(classes)(
    'of %s with numbers of their own average as an optimizer with these would',
    async (name, make) => {
      const apart = {
        head: { learningRate: 0.1 },
        warm: {
          learningRate: (step: number): number => 0.2 / (step + 1),
          ...(name === 'ScheduleFreeRAdam' ? { beta2: () => 0.99 } : { warmupSteps: 3 }),
        },
        late: { r: () => 2, weightLrPower: 1 },
      };
      const base = { learningRate: 0.05 };
      for (const common of [base, { learningRate: 0 }]) {
        const parameterGroups = Object.entries(apart).map(([name, own_]) => ({
          match: RegExp(`^${name}`),
          ...own_,
        }));
        const together = own(make({ ...common, parameterGroups }));
        const names = [...Object.keys(apart), 'other'];
        const variables = names.map((name) => weights([0.5, 3], name));
        for (let t = 0; t < 12; t++) {
          const gradients = (): tf.NamedTensorMap =>
            Object.fromEntries(names.map((name) => [name, tf.tensor1d([1, 0.5 - 0.1 * t])]));
          tf.tidy(() => together.applyGradients(gradients()));
        }
        for (const [i, variable] of variables.entries()) {
          const alone = own(make({ ...common, ...apart[names[i] as keyof typeof apart] }));
          const twin = weights([0.5, 3]);
          for (let t = 0; t < 12; t++) step(alone, twin, [1, 0.5 - 0.1 * t]);
          expect(await read(variable)).toEqual(close(...(await read(twin))));
          alone.useEvaluationWeights();
          together.useEvaluationWeights();
          expect(await read(variable)).toEqual(close(...(await read(twin))));
          together.useTrainingWeights();
        }
        tf.dispose(variables);
      }
    },
  );

  it('go on bit for bit from a saved state', async () => {
    const make = (): Either =>
      own(
        new ScheduleFreeAdamW({ learningRate: 0, parameterGroups: [{ match: /head/, learningRate: 0.1 }] }),
      );
    const head = weights([0.5, 3], 'head');
    const first = make();
    for (let t = 0; t < 3; t++) step(first, head, [1, 2]);
    const [state, kept] = [await first.stateDict(), await read(head)];
    step(first, head, [1, 2]);
    const want = await read(head);
    head.assign(own(tf.tensor1d(kept)));
    const second = make();
    await second.loadStateDict(state);
    step(second, head, [1, 2]);
    expect(await read(head)).toEqual(want);
  });
});
