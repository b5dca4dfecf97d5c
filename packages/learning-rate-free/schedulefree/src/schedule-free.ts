// SPDX-License-Identifier: Apache-2.0
// Defazio et al., "The Road Less Scheduled", arXiv:2405.15682
// What the two classes share: the weights of the average, the last two rules, and the two points.

import { commonOptions, hyper, integer, Optimizer, type CommonOptions, type DecayScalars, type Entry, type Hyper, type OptionTable, type ParameterGroup, type Resolved, type Results, type Round, type Scalars, type SlotInit, type Tensors } from '@optim/core/authoring';
import { copy } from '@optim/formulas';
import { where, type Expression } from '@optim/fusion';
import * as tf from '@tensorflow/tfjs-core';

/** Options of both classes. */
export interface ScheduleFreeOptions extends Omit<CommonOptions, 'weightDecayMode'> {
  learningRate?: Hyper;
  /** Steps over which the rate rises linearly to learningRate; 0: none. @defaultValue `0` */
  warmupSteps?: number;
  /** The weights of the average grow like tʳ. @defaultValue `0` */
  r?: Hyper;
  /** The weights of the average go with this power of the largest rate so far. @defaultValue `2` */
  weightLrPower?: Hyper;
}

/** Numbers of a step: the rate with its warm-up, and tʳ. */
export type Coefficients = { L: number; power: number };
type Globals = { W: number; Lmax: number; evaluating: number };
/** What the rules know; c, the share of the new point in the average, comes from the round. */
export type ScheduleFreeScalars<O = ScheduleFreeOptions, C = unknown> = Scalars<
  O,
  C & Coefficients & Globals & { c: number; decays: boolean }
>;

const { weightDecay, parameterGroups, transforms } = commonOptions();

/** The rows of {@link ScheduleFreeOptions}. */
export function scheduleFreeOptions(learningRate: number): OptionTable<ScheduleFreeOptions> {
  return {
    learningRate: hyper('[0, ∞)', learningRate),
    warmupSteps: integer('[0, ∞)', 0),
    r: hyper('[0, ∞)', 0),
    weightLrPower: hyper('[0, ∞)', 2),
    weightDecay,
    parameterGroups,
    transforms,
  };
}

/** Base of both: steps at the training point y, and the average x. */
export abstract class ScheduleFree<O extends ScheduleFreeOptions> extends Optimizer<O> {
  private evaluating = false;

  /** β, with which y lies between x and z; x is found from y by it, so that no schedule may change it. */
  protected abstract interpolation(options: Required<O>): number;

  protected override slots(_options: Required<O>): Record<string, SlotInit> {
    return { z: copy };
  }

  protected override globals(): Record<keyof Globals, number> {
    return { W: 0, Lmax: 0, evaluating: 0 };
  }

  protected override coefficients(t: number, options: Resolved<O>): Coefficients {
    const { learningRate, warmupSteps, r } = options as unknown as Resolved<ScheduleFreeOptions>;
    return { L: warmupSteps > t ? (learningRate * t) / warmupSteps : learningRate, power: t ** r };
  }

  protected override rounds(): Round[] {
    return [averaging];
  }

  protected override rateInForce(_param: Expression, { L }: DecayScalars & ScheduleFreeScalars): Expression {
    return L;
  }

  /** Rules 6 and 7: y and z after a step along u, and along a decay of its own. */
  protected advance(
    { param: y, z }: Tensors<'z'>,
    { L, c }: ScheduleFreeScalars,
    beta: number,
    u: Expression,
    decay?: Expression,
  ): Results {
    const rate = c.neg().add(1).mul(beta).neg().add(1).mul(L);
    const start = decay ? y.sub(decay.mul(rate)) : y;
    const whole = decay ? u.add(decay) : u;
    return { start, param: start.add(z.sub(y).mul(c)).sub(u.mul(rate)), z: z.sub(whole.mul(L)) };
  }

  protected override step(entries: readonly Entry[], loss?: tf.Scalar): void {
    if (this.evaluating)
      throw new Error(`${this.owner}: the variables are at the evaluation point; call train() before a step`);
    super.step(entries, loss);
  }

  /**
   * Moves the variables to the evaluation point x, the average: to evaluate, use and save the model. Steps have to wait
   * for {@link train}. Nothing happens before the first step, or when they are there already.
   *
   * @param variables - variables of the model, where the optimizer has just been loaded and has not stepped yet: it
   * does not know them before
   * @throws Error when it knows no variables
   */
  eval(variables: readonly tf.Variable[] = []): void {
    this.moveTo(true, variables);
  }

  /**
   * Moves the variables back to the training point y, where gradients are taken. Nothing happens before the first step,
   * or when they are there already.
   *
   * @param variables - as of {@link eval}
   * @throws Error when it knows no variables
   */
  train(variables: readonly tf.Variable[] = []): void {
    this.moveTo(false, variables);
  }

  private moveTo(evaluating: boolean, variables: readonly tf.Variable[]): void {
    this.assertUsable();
    if (this.iterations === 0 || evaluating === this.evaluating) return;
    tf.tidy(() => {
      this.track(variables);
      const parameters = this.ordered();
      if (parameters.length === 0)
        throw new Error(
          `${this.owner}: it has not met the variables since it was loaded; give them to ${evaluating ? 'eval' : 'train'}`,
        );
      for (const { variable, slots, group } of parameters) {
        const own = (this.settings.parameterGroups as readonly ParameterGroup[])[group - 1];
        const beta = this.interpolation({ ...this.settings, ...own });
        const share = evaluating ? 1 - 1 / beta : 1 - beta;
        variable.assign(tf.add(variable, tf.mul(tf.sub(slots['z']!, variable), share)));
      }
    });
    this.setGlobal('evaluating', Number(evaluating));
    this.evaluating = evaluating;
  }

  protected override restored({ evaluating }: Readonly<Record<string, number>>): void {
    this.evaluating = evaluating === 1;
  }
}

/** Rule 2: the largest rate, the sum of weights, and the share c of this step's. Groups with a rate of their own share them. */
const averaging: Round = {
  observe: () => ({}),
  combine: (_, scalars) => {
    const { L, power, weightLrPower, ...known } = scalars as ScheduleFreeScalars;
    const Lmax = known.Lmax.maximum(L);
    const weight = Lmax.pow(weightLrPower).mul(power);
    const W = known.W.add(weight);
    return { Lmax, W, c: where(W.greater(0), weight.div(W), 0) };
  },
};
