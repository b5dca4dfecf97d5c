// SPDX-License-Identifier: Apache-2.0
// Schaipp, Ohana, Eickenberg, Defazio, Gower, "MoMo: Momentum Models for Adaptive Learning Rates", arXiv:2305.07583
// What both classes share: the model of the loss, and the step that goes by it.

import {
  commonOptions,
  decayed,
  flag,
  hyper,
  round,
  shrunk,
  whole,
  type PeakOptions,
  type Hyper,
  type Known,
  type OptionTable,
  type Recurrence,
  type Results,
  type Tensors,
  type WeightDecayMode,
} from '@optim/core/authoring';
import { ema, quotient } from '@optim/formulas';
import { lengthOf, squareSums, where, type Expression } from '@optim/fusion';

/** Options of both classes. */
export interface ModelOptions extends PeakOptions {
  /** Largest step size; schedules multiply it. */
  learningRate?: Hyper;
  /** What the loss cannot fall below. @defaultValue `0` */
  lowerBound?: Hyper;
  /** Raise the bound while training, from `lowerBound` on. @defaultValue `false` */
  estimateLowerBound?: boolean;
  /** `'proximal'`: p ← (p − step)/(1 + learningRate·λ); the others as everywhere. @defaultValue `'proximal'` */
  weightDecayMode?: 'proximal' | WeightDecayMode;
}

/** The rows of {@link ModelOptions}. */
export function modelOptions(learningRate: number): OptionTable<ModelOptions> {
  return {
    learningRate: hyper('[0, ∞)', learningRate),
    lowerBound: whole(hyper('(-∞, ∞)', 0)),
    estimateLowerBound: whole(flag(false)),
    ...commonOptions(0, 'proximal', ['proximal', 'decoupled', 'coupled', 'independent', 'corrected']),
  };
}

/**
 * Numbers of a step: β, ρ, whether the averages start at their first values, and for MoMoAdam β₂, the correction of v, and ε.
 */
export type Coefficients = {
  b: number;
  rho: number;
  starts: boolean;
  b2?: number;
  correction?: number;
  eps?: number;
};

/** The model: averages of losses and slopes, the bound; and what a round finds for the step, n as the root ‖d‖. */
export type Model = { f: number; gamma: number; bound: number; n?: number; q?: number; cut?: number };

type ModelKnown = Known<ModelOptions, Coefficients & Model>;

/** The averages after a gradient, and the direction d/D. */
function averaged(
  { grad, ...slots }: Tensors<'d' | 'v'>,
  { b, b2, starts, correction, eps }: ModelKnown,
): { kept: Record<'d', Expression>; along: Expression } {
  const d = starts ? grad : ema(slots.d, grad, b);
  if (!b2) return { kept: { d }, along: d };
  const v = ema(slots.v, grad.square(), b2);
  const kept = { d, v };
  return { kept, along: quotient(d, v.sqrt().div(correction!).add(eps!)) };
}

/** w. */
function weightOf({ learningRate, weightDecay, weightDecayMode }: ModelKnown): Expression | null {
  const shrinks = weightDecayMode === 'proximal' || weightDecayMode === 'decoupled';
  return shrinks ? learningRate.mul(weightDecay).add(1) : null;
}

/** w·(f̄ − γ − ρ·bound) + q. */
function above(known: ModelKnown, bound: Expression | null): Expression {
  const { f, gamma, rho, q } = known;
  const least = bound ? f.sub(bound.mul(rho)) : f;
  const lifted = least.sub(gamma);
  const w = weightOf(known);
  return (w ? lifted.mul(w) : lifted).add(q!);
}

/** τ. */
function stepSize(known: ModelKnown): Expression {
  const { learningRate, rho, n, cut } = known;
  const free = above(known, cut!).maximum(0).div(n!).div(n!);
  return where(n!.equal(0), 0, free.minimum(learningRate.div(rho)));
}

/** Rules 6 and 9: the bound that the step goes by, and the one that is kept. */
function bounds(known: ModelKnown): { cut: Expression; bound: Expression } {
  const { lowerBound, bound, rho, f, q, gamma, n } = known;
  if (!known.estimateLowerBound) return { cut: lowerBound, bound };
  const weight = (weightOf(known) ?? rho.mul(0).add(1)).mul(rho);
  const c = above(known, null);
  const cut = where(c.less(bound.mul(weight)), c.div(weight.mul(2)).maximum(lowerBound), bound);
  const tau = stepSize({ ...known, cut });
  const reached = f.add(q!).sub(gamma).sub(tau.mul(n!).mul(n!).mul(0.5)).div(rho);
  return { cut, bound: reached.maximum(lowerBound) };
}

/** What both rules do. */
export const modelled: Pick<
  Recurrence<ModelOptions, 'd' | 'v', Coefficients, Model>,
  'needs' | 'momentum' | 'globals' | 'rounds' | 'rateInForce' | 'update'
> & { decay(pair: Pair, known: ModelKnown & { readonly rateInForce: Expression | null }): Pair } = {
  needs: ['loss', 'gradient'],
  momentum: ['d'],
  globals: ({ lowerBound }) => ({ f: 0, gamma: 0, bound: lowerBound }),
  // The others are part of the update.
  decay: (pair, known) => (known.weightDecayMode === 'coupled' ? decayed(pair, known) : pair),
  rounds: () => [
    round({
      observe(tensors: Tensors<'d' | 'v'>, known: ModelKnown) {
        const { param, grad } = tensors;
        const { along, kept } = averaged(tensors, known);
        const coupled = known.weightDecayMode === 'coupled';
        const squares = along.mul(kept.d).sum();
        return {
          slope: grad.mul(param).sum(),
          q: kept.d.mul(param).sum(),
          // Steps of MoMoAdam are of a size that squares hold.
          ...(known.b2 ? { squares, shrunkSquares: squares } : squareSums(kept.d)),
          penalty: param
            .square()
            .sum()
            .mul(coupled ? known.weightDecay.mul(0.5) : 0),
        };
      },
      combine({ slope, q, penalty, loss, ...sums }, known: ModelKnown): Results {
        const { b, starts } = known;
        const n = lengthOf(sums);
        const value = loss.add(penalty);
        const f = starts ? value : ema(known.f, value, b);
        const gamma = starts ? slope : ema(known.gamma, slope, b);
        return { f, gamma, n, q, ...bounds({ ...known, f, gamma, n, q }) };
      },
    }),
  ],
  rateInForce: (_param, known) => (known.n ? stepSize(known) : null),
  update(tensors, known) {
    const { weightDecay, weightDecayMode, decays, learningRate } = known;
    const { kept, along } = averaged(tensors, known);
    const step = along.mul(stepSize(known));
    if (decays && weightDecayMode === 'proximal') {
      const w = weightOf(known)!;
      const start = tensors.param.div(w);
      return { ...kept, start, param: start.sub(step.div(w)) };
    }
    const strength = weightDecayMode === 'decoupled' ? weightDecay.mul(learningRate) : weightDecay;
    const start = shrunk(tensors.param, decays && weightDecayMode !== 'coupled' ? strength : null);
    return { ...kept, start, param: start.sub(step) };
  },
};

type Pair = Parameters<typeof decayed>[0];
