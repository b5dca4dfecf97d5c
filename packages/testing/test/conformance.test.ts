// SPDX-License-Identifier: Apache-2.0
// The suite passes a right optimizer, and every check of it fails for one that is wrong in what it checks.

import type { NamedWeight, StateDict } from '@optim/core';
import { commonOptions, hyper, Optimizer, register, type DecayScalars, type Hyper, type OptimizerOptions, type OptionTable, type Pair, type Results, type Scalars, type SlotInit, type Tensors } from '@optim/core/authoring';
import { zeros } from '@optim/formulas';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, inject, it } from 'vitest';
import { checks, conformance, subjectOf, type Make } from '../src/index.js';

interface PlainOptions extends OptimizerOptions {
  momentum?: Hyper;
}

type Parts = Tensors<'m'>;
type Numbers = Scalars<PlainOptions, { extra: number }>;

/** Heavy ball. */
class Plain extends Optimizer<PlainOptions> {
  static get className(): string {
    return 'Plain';
  }

  static override readonly options: OptionTable<PlainOptions> = {
    learningRate: hyper('[0, ∞)', 0.1),
    momentum: hyper('[0, 1)', 0.5),
    ...commonOptions(),
  };

  protected override slots(): Record<string, SlotInit> {
    return { m: zeros };
  }

  protected override update({ param, grad, m }: Parts, { learningRate, momentum }: Numbers): Results {
    m = m.mul(momentum).add(grad);
    return { m, param: param.sub(m.mul(learningRate)) };
  }
}

register(Plain);

conformance((options) => new Plain(options));

const leaked: tf.Tensor[] = [];

/** Every check with an optimizer that does not stand it. */
const faults: Record<string, new (options: PlainOptions) => Plain> = {
  ascends: class extends Plain {
    protected override update({ param, grad }: Parts, { learningRate }: Numbers): Results {
      return { param: param.add(grad.mul(learningRate)) };
    }
  },
  rollsDice: class extends Plain {
    protected override coefficients(): { extra: number } {
      return { extra: Math.random() };
    }

    protected override update({ param }: Parts, { extra }: Numbers): Results {
      return { param: param.sub(extra) };
    }
  },
  forgetsScalars: class extends Plain {
    protected override update(parts: Parts, numbers: Numbers): Results {
      return parts.param.rank === 0 ? {} : super.update(parts, numbers);
    }
  },
  dividesByTheNorm: class extends Plain {
    protected override update({ param, grad }: Parts): Results {
      return { param: param.sub(grad.div(grad.norm())) };
    }
  },
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
  prefersTheFirst: class extends Plain {
    protected override step(...[entries, ...rest]: Parameters<Plain['step']>): void {
      const [first, ...others] = entries;
      tf.tidy(() => super.step([{ ...first!, grad: tf.mul(first!.grad, 2) }, ...others], ...rest));
    }
  },
  leaks: class extends Plain {
    protected override step(...given: Parameters<Plain['step']>): void {
      super.step(...given);
      leaked.push(tf.keep(tf.scalar(1)));
    }
  },
  counts: class extends Plain {
    private count = 0;

    protected override coefficients(): { extra: number } {
      return { extra: this.count++ };
    }

    protected override update({ param }: Parts, { extra }: Numbers): Results {
      return { param: param.sub(extra.div(100)) };
    }
  },
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
  takesAnyMomentum: class extends Plain {
    static override readonly options: OptionTable<PlainOptions> = {
      ...Plain.options,
      momentum: { ...hyper('[0, 1)', 0.5), allows: () => true },
    };
  },
  ignoresSchedules: class extends Plain {
    protected override update(parts: Parts, numbers: Numbers): Results {
      return typeof this.settings.momentum === 'number' ? super.update(parts, numbers) : {};
    }
  },
  hasTwoModes: class extends Plain {
    protected override decay(pair: Pair, scalars: DecayScalars): Pair {
      return scalars.weightDecayMode === 'independent' ? pair : super.decay(pair, scalars);
    }
  },
  ignoresGroups: class extends Plain {
    protected override decay({ param, grad }: Pair): Pair {
      return { param: param.mul(1 - 0.1 * (this.settings.weightDecay as number)), grad };
    }
  },
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
  'gives the same whatever the order of the variables': 'prefersTheFirst',
  'leaks no tensor': 'leaks',
  'goes on bit for bit from stateDict': 'counts',
  'goes on bit for bit from a file': 'counts',
  'goes on bit for bit from getWeights': 'savesNoSlots',
  'goes back to an earlier state': 'counts',
  'gives a state that later steps do not change': 'givesItsOwnState',
  'is made again from its configuration as JSON, and trains the same': 'forgetsItsDecay',
  'refuses an unknown option with the nearest known name': 'takesUnknownOptions',
  'refuses a wrong type and a wrong value of every option': 'takesAnyMomentum',
  'trains the same with constant schedules as with numbers': 'ignoresSchedules',
  'decays weights in every mode it has': 'hasTwoModes',
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
