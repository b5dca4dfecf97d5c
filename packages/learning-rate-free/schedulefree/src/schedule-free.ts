// SPDX-License-Identifier: Apache-2.0
// Defazio et al., "The Road Less Scheduled", arXiv:2405.15682
// What the classes share: the weights of the average, the last two rules, and the two points.

import {
  hyper,
  integer,
  isSchedule,
  movable,
  oneDecayOptions,
  Optimizer,
  round,
  type CommonOptions,
  type Hyper,
  type OptionTable,
  type ParameterGroup,
  type Recurrence,
  type Resolved,
  type Results,
} from '@optim/core/authoring';
import { copy } from '@optim/formulas';
import { pow, where, type Expression } from '@optim/fusion';
import * as tf from '@tensorflow/tfjs-core';

/** Options of all classes. */
export interface ScheduleFreeOptions extends Omit<CommonOptions, 'weightDecayMode'> {
  learningRate?: Hyper;
  /** The weights of the average grow like tʳ. @defaultValue `0` */
  r?: Hyper;
  /** The weights of the average go with this power of the largest rate so far. @defaultValue `2` */
  weightLrPower?: Hyper;
}

/** Options of the classes with a warm-up. */
export interface WarmedOptions extends ScheduleFreeOptions {
  /** Steps over which the rate rises linearly to learningRate; 0: none. @defaultValue `0` */
  warmupSteps?: number;
}

/** Numbers of a step: the rate with its warm-up, and tʳ. */
export type Coefficients = { L: number; power: number };
/** What is kept, and c, the share of the new point in the average, which the round finds. */
export type Averages = { W: number; Lmax: number; evaluating: number; c: number };

/** The rows of {@link ScheduleFreeOptions}. */
export function scheduleFreeOptions(learningRate: number): OptionTable<ScheduleFreeOptions> {
  return {
    learningRate: hyper('[0, ∞)', learningRate),
    r: hyper('[0, ∞)', 0),
    weightLrPower: hyper('[0, ∞)', 2),
    ...oneDecayOptions(),
  };
}

/** The rows of {@link WarmedOptions}. */
export function warmedOptions(learningRate: number): OptionTable<WarmedOptions> {
  return { ...scheduleFreeOptions(learningRate), warmupSteps: integer('[0, ∞)', 0) };
}

/** What ends the names of an average's numbers: nothing for that of the optimizer, the group's index for one of its own. */
type Suffix = '' | number;

/** Numbers of an average, each under its name and the suffix. */
const suffixed = <T>(suffix: Suffix, numbers: Readonly<Record<string, T>>): Record<string, T> =>
  Object.fromEntries(Object.entries(numbers).map(([name, value]) => [`${name}${suffix}`, value]));

/** Options, or those of a step. */
interface Grouped {
  readonly parameterGroups?: readonly ParameterGroup[] | undefined;
}

/** What all rules have: the slot z, the rate, and rule 2 as a round. */
type Averaging<O extends ScheduleFreeOptions> = Pick<
  Recurrence<O, 'z', Coefficients, Averages>,
  'slots' | 'globals' | 'rounds' | 'rateInForce'
> & { coefficients(t: number, options: Resolved<O>, step: number): Coefficients };

/**
 * What all rules have, for a class with a rate L of its own.
 *
 * @param rateAt - L at step t of the optimizer, from 1
 * @param rating - the options that it depends on
 */
export function averagingBy<O extends ScheduleFreeOptions>(
  rateAt: (t: number, options: Resolved<O>) => number,
  rating: readonly (keyof O & string)[],
): Averaging<O> {
  const weighing = [...rating, 'r', 'weightLrPower'];
  /** The averages: that of the optimizer, and one for each group whose weights differ, as in the authors' code. */
  const averages = ({ parameterGroups = [] }: Grouped): Suffix[] => {
    const apart = parameterGroups.flatMap((group, i) =>
      weighing.some((name) => group[name] !== undefined) ? [i + 1] : [],
    );
    return ['', ...apart];
  };
  /** Those options of a group that weigh, schedules at a step. */
  const ownOf = (group: ParameterGroup, step: number): Record<string, unknown> =>
    Object.fromEntries(
      weighing.flatMap((name) => {
        const value: unknown = group[name];
        return value === undefined ? [] : [[name, isSchedule(value) ? value(step - 1) : value]];
      }),
    );
  return {
    slots: () => ({ z: copy }),
    globals: (options) =>
      Object.assign(
        { evaluating: 0 },
        ...averages(options).map((suffix) => suffixed(suffix, { W: 0, Lmax: 0 })),
      ),
    // The steps of the optimizer count, also for a parameter that missed some.
    coefficients: (_t, options, step) =>
      Object.assign(
        {},
        ...averages(options).map((suffix) => {
          const own = suffix ? ownOf(options.parameterGroups[suffix - 1]!, step) : {};
          const weights = { ...options, ...own };
          const numbers = {
            L: rateAt(step, weights),
            power: step ** weights.r,
            exponent: weights.weightLrPower,
          };
          return suffixed<number>(suffix, numbers);
        }),
      ),
    rateInForce: (_param, { L }) => L,
    rounds: (options) => [
      round({
        observe: () => ({}),
        combine(_, known) {
          const numbers = known as unknown as Readonly<Record<string, Expression>>;
          const advanced = averages(options).map((suffix) => {
            const Lmax = numbers[`Lmax${suffix}`]!.maximum(numbers[`L${suffix}`]!);
            const weight = pow(Lmax, numbers[`exponent${suffix}`]!).mul(numbers[`power${suffix}`]!);
            const W = numbers[`W${suffix}`]!.add(weight);
            return suffixed(suffix, { Lmax, W, c: where(W.greater(0), weight.div(W), 0) });
          });
          return Object.assign({}, ...advanced) as Results;
        },
      }),
    ],
  };
}

/** The rate with a warm-up. */
export const averaging: Averaging<WarmedOptions> = averagingBy<WarmedOptions>(
  (t, { learningRate, warmupSteps }) => (warmupSteps > t ? (learningRate * t) / warmupSteps : learningRate),
  ['learningRate', 'warmupSteps'],
);

/** Rules 6 and 7: y and z after a step along u, and along a decay of its own. */
export function advance(
  { param: y, z }: Record<'param' | 'z', Expression>,
  known: Record<'L' | 'c', Expression> & { readonly group: number },
  beta: number,
  u: Expression,
  decay?: Expression,
): Results {
  const { L, group } = known;
  const { [`c${group}`]: c = known.c } = known as unknown as Readonly<Record<string, Expression>>;
  const rate = c.complement().mul(beta).complement().mul(L);
  const start = decay ? y.sub(decay.mul(rate)) : y;
  const whole = decay ? u.add(decay) : u;
  return { start, param: start.add(z.sub(y).mul(c)).sub(u.mul(rate)), z: z.sub(whole.mul(L)) };
}

/** Base of all: steps at the training point y; the point of evaluation is the average x. */
export abstract class ScheduleFree<O extends ScheduleFreeOptions> extends Optimizer<O> {
  /** β, with which y lies between x and z; x is found from y by it, so that no schedule may change it. */
  protected abstract interpolation(options: Required<O>): number;

  protected override toEvaluationPoint(variables: readonly tf.Variable[]): boolean {
    if (this.iterations === 0) return false;
    this.#move(variables, (beta) => 1 - 1 / beta);
    this.setGlobal('evaluating', 1);
    return true;
  }

  protected override toTrainingPoint(variables: readonly tf.Variable[]): void {
    this.#move(variables, (beta) => 1 - beta);
    this.setGlobal('evaluating', 0);
  }

  /** Moves the variables a share of the way to z. */
  #move(variables: readonly tf.Variable[], shareOf: (beta: number) => number): void {
    tf.tidy(() => {
      const trained = variables.filter((variable) => !this.engine.state.isFrozen(variable));
      for (const { variable, slots, group } of movable(this.owner, this.engine, trained, this.iterations)) {
        const own = (this.settings.parameterGroups as readonly ParameterGroup[])[group - 1];
        const share = shareOf(this.interpolation({ ...this.settings, ...own }));
        variable.assign(tf.add(variable, tf.mul(tf.sub(slots['z']!, variable), share)));
      }
    });
  }

  protected override restored({ evaluating }: Readonly<Record<string, number>>): void {
    this.atEvaluationPoint = evaluating === 1;
  }
}
