// SPDX-License-Identifier: Apache-2.0
// Savarese et al., "Domain-independent Dominance of Adaptive Methods", arXiv:1912.01823
// Checked against the authors' AvaGrad and AvaGradW.

import {
  commonOptions,
  decayed,
  flag,
  hyper,
  Optimizer,
  register,
  round,
  type Hyper,
  type OptimizerOptions,
  type Rule,
} from '@optim/core/authoring';
import { biasCorrection, ema, zeros } from '@optim/formulas';
import { constant, where } from '@optim/fusion';

/** Options of {@link AvaGrad}. */
export interface AvaGradOptions extends OptimizerOptions {
  /** Decay of the first moment. @defaultValue `0.9` */
  beta1?: Hyper;
  /** Decay of the second moment. @defaultValue `0.999` */
  beta2?: Hyper;
  /** How adaptive it is: large as SGD, small as Adam. Added to the root of the corrected moment. @defaultValue `0.1` */
  epsilon?: Hyper;
  /** Do not divide the step by 1 − β₁ᵗ. @defaultValue `false` */
  adamD?: boolean;
}

type Coefficients = { alpha: number; correction: number; before: number; moves: boolean };
/** γ of every group, and for the step at hand that of the step before. */
type Globals = Record<Of<'gamma'> | Of<'previous'>, number>;

/**
 * Adam that divides by the second moment of the step before, normalized over all parameters, so that the learning rate
 * and ε can be tuned one after the other.
 *
 * ```text
 * m ← β₁m + (1 − β₁)g
 * p ← p − γ·α·m/(√v/√(1 − β₂ᵗ⁻¹) + ε)      α = learningRate/(1 − β₁ᵗ); not at t = 1
 * w = √v/√(1 − β₂ᵗ) + ε
 * v ← β₂v + (1 − β₂)g²
 * γ ← 1/√(mean of 1/w² over all elements of all parameters)
 * ```
 *
 * γ/w has a root mean square of 1: steps are about learningRate·m long whatever ε is. Only parameters with a gradient
 * count in the mean. The first step of a parameter does not move it, nor do its weights decay, unless coupled.
 *
 * Slots, of the parameter's shape: `m`, `v`. Globals: `gamma`, and `gamma1` … for parameter groups, each of which has
 * its own.
 *
 * The old v in step and w, and the two corrections, are the authors'. pytorch_optimizer decouples the decay by default,
 * and decays in the first step too.
 *
 * **When to use:** where it is not known beforehand whether SGD or Adam suits the task. **When not:** where both
 * learning rate and ε of Adam are settled. **Hint:** tune ε first, from 1e-8 to 10 by powers of ten, with
 * `learningRate` 0.1; then `learningRate`: the two do not interact.
 *
 * @example
 * ```ts
 * import { AvaGrad } from '@optim/avagrad';
 *
 * model.compile({ optimizer: new AvaGrad({ learningRate: 0.1, epsilon: 0.01 }), loss: 'meanSquaredError' });
 * ```
 * @see https://arxiv.org/abs/1912.01823
 */
export class AvaGrad extends Optimizer<AvaGradOptions> {
  static readonly className: string = 'AvaGrad';

  static override readonly rule: Rule<AvaGradOptions, 'm' | 'v', Coefficients, Globals> = {
    options: {
      learningRate: hyper('[0, ∞)', 0.1),
      beta1: hyper('[0, 1)', 0.9),
      beta2: hyper('[0, 1)', 0.999),
      epsilon: hyper('(0, ∞)', 0.1),
      adamD: flag(false),
      ...commonOptions(0, 'coupled'),
    },
    momentum: ['m'],
    slots: () => ({ m: zeros, v: zeros }),
    globals: ({ parameterGroups }) => named(parameterGroups.length, (group) => ({ [of('gamma', group)]: 0 })),
    coefficients: (t, options) => ({
      ...biasCorrection(t, options),
      before: Math.sqrt(1 - options.beta2 ** (t - 1)),
      moves: t > 1,
    }),
    // Weights do not decay before they move.
    decay: (pair, known) =>
      known.moves || known.weightDecayMode === 'coupled' ? decayed(pair, known) : pair,
    rounds: ({ parameterGroups: { length } }) => [
      round({
        observe({ v }, { epsilon, correction, group: own }) {
          const w = v.sqrt().div(correction).add(epsilon);
          const total = constant(1).div(w.square()).sum();
          return named(length, (group) => ({
            [of('total', group)]: group === own ? total : constant(0),
            [of('count', group)]: constant(group === own ? v.size : 0),
          }));
        },
        combine: (sums, known) =>
          named(length, (group) => {
            const previous = known[of('gamma', group)]!;
            const [total, count] = [sums[of('total', group)]!, sums[of('count', group)]!];
            const gamma = where(count.greater(0), count.div(total).sqrt(), previous);
            return { [of('previous', group)]: previous, [of('gamma', group)]: gamma };
          }),
      }),
    ],
    // That of the next step: the one that this step divides by is gone after it.
    secondMoment: ({ v }, { correction }) => v.div(correction.square()),
    update({ param, grad, m, v }, known) {
      const { beta1, beta2, epsilon, alpha, before, moves, group } = known;
      m = ema(m, grad, beta1);
      if (moves) {
        const rate = known[of('previous', group)]!.mul(alpha);
        param = param.sub(m.mul(rate).div(v.sqrt().div(before).add(epsilon)));
      }
      return { m, v: ema(v, grad.square(), beta2), param };
    },
  };
}

type Of<N extends string> = `${N}${'' | number}`;

/** The name of a global or sum of a group: those of the options themselves have no number. */
function of<N extends string>(name: N, group: number): Of<N> {
  return `${name}${group || ''}`;
}

/** What belongs to each of the groups, in one record. */
function named<T>(groups: number, results: (group: number) => Record<string, T>): Record<string, T> {
  return Object.assign({}, ...Array.from({ length: groups + 1 }, (_, group) => results(group)));
}

register(AvaGrad);
