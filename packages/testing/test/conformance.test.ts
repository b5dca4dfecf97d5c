// SPDX-License-Identifier: Apache-2.0
// The suite passes a right optimizer, and every check of it fails for one that is wrong in what it checks.

import type { NamedWeight, StateDict } from '@optim/core';
import {
  commonOptions,
  decayed,
  hyper,
  Optimizer,
  register,
  type Hyper,
  type OptimizerOptions,
  type Recurrence,
  type Rule,
} from '@optim/core/authoring';
import { zeros } from '@optim/formulas';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, inject, it } from 'vitest';
import { checks, conformance, subjectOf, type Make } from '../src/index.js';

interface PlainOptions extends OptimizerOptions {
  momentum?: Hyper;
}

type PlainRule = Rule<PlainOptions, 'm', { extra: number }>;

/** Heavy ball. */
class Plain extends Optimizer<PlainOptions> {
  static readonly className: string = 'Plain';

  static override readonly rule: PlainRule = {
    options: {
      learningRate: hyper('[0, ∞)', 0.1),
      momentum: hyper('[0, 1)', 0.5),
      ...commonOptions(),
    },
    slots: () => ({ m: zeros }),
    update({ param, grad, m }, { learningRate, momentum }) {
      m = m.mul(momentum).add(grad);
      return { m, param: param.sub(m.mul(learningRate)) };
    },
  };
}

register(Plain);

conformance((options) => new Plain(options));

const leaked: tf.Tensor[] = [];

/** A heavy ball with other parts. */
function plain(parts: Partial<Recurrence<PlainOptions, 'm', { extra: number }>>): typeof Plain {
  return class extends Plain {
    static override readonly rule: PlainRule = { ...Plain.rule, ...parts };
  };
}

/** Counts the steps of all. */
let count = 0;

/** Every check with an optimizer that does not stand it. */
const faults: Record<string, new (options: PlainOptions) => Plain> = {
  ascends: plain({
    update: ({ param, grad }, { learningRate }) => ({ param: param.add(grad.mul(learningRate)) }),
  }),
  rollsDice: plain({
    coefficients: () => ({ extra: Math.random() }),
    update: ({ param }, { extra }) => ({ param: param.sub(extra) }),
  }),
  forgetsScalars: plain({
    update: (tensors, known) => (tensors.param.rank === 0 ? {} : Plain.rule.update(tensors, known)),
  }),
  dividesByTheNorm: plain({
    update: ({ param, grad }) => ({ param: param.sub(grad.div(grad.norm())) }),
  }),
  takesNoneForZero: class extends Plain {
    override minimize(
      f: () => tf.Scalar,
      returnCost?: boolean,
      varList: tf.Variable[] = [],
    ): tf.Scalar | null {
      const all = (): tf.Scalar => tf.addN([f(), ...varList.map((v) => tf.mul(tf.sum(v), 0))]) as tf.Scalar;
      return super.minimize(all, returnCost, varList);
    }
  },
  dividesByTheirNumber: class extends Plain {
    protected override step(...[entries, ...rest]: Parameters<Plain['step']>): void {
      const shared = tf.tidy(() =>
        entries.map(({ given, ...entry }) => ({
          ...entry,
          given: { grad: tf.div(given['grad']!, entries.length) },
        })),
      );
      super.step(shared, ...rest);
      tf.dispose(shared.map(({ given }) => given.grad));
    }
  },
  prefersTheFirst: class extends Plain {
    protected override step(...[entries, ...rest]: Parameters<Plain['step']>): void {
      const [first, ...others] = entries;
      const doubled = tf.tidy(() => tf.mul(first!.given['grad']!, 2));
      super.step([{ ...first!, given: { grad: doubled } }, ...others], ...rest);
      doubled.dispose();
    }
  },
  readsLate: class extends Plain {
    protected override step(entries: Parameters<Plain['step']>[0]): void {
      for (const { variable, given } of entries)
        tf.tidy(() => variable.assign(tf.sub(variable, tf.mul(given['grad']!, 0.1))));
      this.incrementIterations();
    }
  },
  writesOnInWhatWasRead: class extends Plain {
    private readonly read: ArrayLike<number>[] = [];

    override async getWeights(): Promise<NamedWeight[]> {
      const weights = await super.getWeights();
      for (const { tensor } of weights) {
        const data = tensor.data.bind(tensor);
        tensor.data = async () => {
          this.read.push(await data());
          return this.read.at(-1) as never;
        };
      }
      return weights;
    }

    protected override step(...given: Parameters<Plain['step']>): void {
      super.step(...given);
      for (const values of this.read) (values as number[])[0]!++;
    }
  },
  leaks: class extends Plain {
    protected override step(...given: Parameters<Plain['step']>): void {
      super.step(...given);
      leaked.push(tf.keep(tf.scalar(1)));
    }
  },
  counts: plain({
    coefficients: () => ({ extra: count++ }),
    update: ({ param }, { extra }) => ({ param: param.sub(extra.div(100)) }),
  }),
  savesNoSlots: class extends Plain {
    override async getWeights(): Promise<NamedWeight[]> {
      return (await super.getWeights()).slice(0, 1);
    }
  },
  givesItsOwnState: class extends Plain {
    override async stateDict(): Promise<StateDict> {
      return Object.defineProperty(await super.stateDict(), 'step', {
        get: () => this.iterations,
        enumerable: true,
      });
    }
  },
  savesLater: class extends Plain {
    override async capture(): Promise<StateDict> {
      await Promise.resolve();
      return super.capture();
    }
  },
  forgetsItsDecay: class extends Plain {
    override getConfig(): tf.serialization.ConfigDict {
      const config = super.getConfig();
      delete config['weightDecay'];
      return config;
    }
  },
  takesUnknownOptions: class extends Plain {
    constructor({ learningRate, momentum, weightDecay }: PlainOptions) {
      const given = Object.entries({ learningRate, momentum, weightDecay }).filter(
        ([, value]) => value !== undefined,
      );
      super(Object.fromEntries(given));
    }
  },
  takesAnyMomentum: plain({
    options: { ...Plain.rule.options, momentum: { ...hyper('[0, 1)', 0.5), allows: () => true } },
  } as Partial<PlainRule>),
  ignoresSchedules: class extends Plain {
    protected override step(...given: Parameters<Plain['step']>): void {
      if (typeof this.settings.momentum === 'number') super.step(...given);
      else this.incrementIterations();
    }
  },
  hasTwoModes: plain({
    decay: (pair, known) => (known.weightDecayMode === 'independent' ? pair : decayed(pair, known)),
  }),
  forgetsItsPeak: class extends Plain {
    constructor(options: PlainOptions) {
      super({ ...options, maxLearningRate: null });
    }
  },
  ignoresGroups: plain({ decay: (pair, known) => (known.group > 0 ? pair : decayed(pair, known)) }),
  dropsHooks: class extends Plain {
    constructor(options: PlainOptions) {
      super({ ...options, transforms: [] });
    }
  },
  keepsItsRate: class extends Plain {
    override get learningRate(): number {
      return super.learningRate;
    }

    override set learningRate(_: number) {}
  },
  halvesItsRate: class extends Plain {
    override get learningRate(): number {
      return super.learningRate;
    }

    override set learningRate(rate: number) {
      super.learningRate = rate / 2;
    }
  },
  swallowsErrors: class extends Plain {
    override applyGradients(...given: Parameters<Plain['applyGradients']>): void {
      try {
        super.applyGradients(...given);
      } catch {
        // As if nothing were wrong.
      }
    }
  },
  savesNoOptions: class extends Plain {
    override async capture(): Promise<StateDict> {
      return { ...(await super.capture()), hyperparameters: {} };
    }
  },
  loadsAnything: class extends Plain {
    override async loadStateDict(state: StateDict): Promise<void> {
      await super.loadStateDict(state).catch(() => undefined);
    }
  },
  livesOn: class extends Plain {
    protected override assertUsable(): void {}
  },
};

const found: Record<string, keyof typeof faults> = {
  'converges on a parabola': 'ascends',
  'converges on the Rosenbrock function': 'ascends',
  'converges on parameters of mixed ranks': 'forgetsScalars',
  'is deterministic': 'rollsDice',
  'moves every parameter, and keeps the layout of its state': 'forgetsScalars',
  'takes gradients of zero, also between others': 'dividesByTheNorm',
  'leaves a variable without a gradient and its state alone': 'takesNoneForZero',
  'reads gradients that are the variables themselves before it changes those': 'readsLate',
  'gives the same whatever the order of the variables': 'prefersTheFirst',
  'leaks no tensor': 'leaks',
  'trains as if what has a rate of 0, or is frozen, were not there': 'dividesByTheirNumber',
  'goes on bit for bit from stateDict': 'counts',
  'goes on bit for bit from a file': 'counts',
  'goes on bit for bit from getWeights': 'savesNoSlots',
  'goes back to an earlier state': 'counts',
  'gives a state that later steps do not change': 'givesItsOwnState',
  'hands out weights whose numbers, once read, stay as they are': 'writesOnInWhatWasRead',
  'gives the state of the moment of the call, whatever happens meanwhile': 'savesLater',
  'is made again from its configuration as JSON, and trains the same': 'forgetsItsDecay',
  'goes on bit for bit with options that were set while it trained': 'savesNoOptions',
  'refuses an unknown option with the nearest known name': 'takesUnknownOptions',
  'refuses a wrong type and a wrong value of every option': 'takesAnyMomentum',
  'trains the same with constant schedules as with numbers': 'ignoresSchedules',
  'decays weights in every mode it has': 'hasTwoModes',
  'decays by the share of the largest rate where decay is corrected': 'forgetsItsPeak',
  'gives a group that holds every variable what it gives the option': 'ignoresGroups',
  'takes hooks; one that changes nothing changes nothing': 'dropsHooks',
  'reads and sets its learning rate': 'keepsItsRate',
  'steps alike with a learning rate given and one set': 'halvesItsRate',
  'refuses wrong gradients and losses, and nothing has changed': 'swallowsErrors',
  'refuses states that are not its own, and nothing has changed': 'loadsAnything',
  'says so when it is used after dispose': 'livesOn',
  'trains a model by fit, fitDataset and trainOnBatch, and leaks nothing': 'leaks',
  'is saved and loaded with a model, and goes on bit for bit': 'savesNoSlots',
};

describe('the suite', () => {
  it('is known here check by check', () => {
    expect(checks.map(({ name }) => name)).toEqual(Object.keys(found));
  });

  if (inject('backend') !== 'cpu') return;
  it.each(Object.entries(found))('finds a fault in what "%s" is about', async (name, fault) => {
    const make: Make = (options) => new faults[fault]!(options);
    const { run } = checks.find((check) => check.name === name)!;
    const { numTensors } = tf.memory();
    await expect(run(subjectOf(make))).rejects.toBeInstanceOf(Error);
    tf.dispose(leaked.splice(0));
    // Some faults leave variables behind, which have no other owner.
    if (tf.memory().numTensors > numTensors) tf.disposeVariables();
  });
});
