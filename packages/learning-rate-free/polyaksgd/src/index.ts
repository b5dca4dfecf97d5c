// SPDX-License-Identifier: Apache-2.0
// Loizou, Vaswani, Laradji, Lacoste-Julien, "Stochastic Polyak Step-size for SGD: An Adaptive Learning Rate for Fast
// Convergence", arXiv:2002.10542
// Written from the paper; checked against numbers of optax and the authors' sps.

import {
  decayed,
  hyper,
  integer,
  nullable,
  Optimizer,
  plainDecayOptions,
  real,
  register,
  round,
  whole,
  type Hyper,
  type PlainOptimizerOptions,
  type Rule,
} from '@optim/core/authoring';
import { lengthOf, squareSums, where } from '@optim/fusion';

/** Options of {@link PolyakSGD}. */
export interface PolyakSGDOptions extends PlainOptimizerOptions {
  /** Factor on the step size found and capped; schedules go here. @defaultValue `1` */
  learningRate?: Hyper;
  /** Divides the step: ½ for convex problems, 0.2 in the deep networks of the paper. @defaultValue `0.5` */
  c?: Hyper;
  /** Cap of the step size; `null`: none. @defaultValue `1` */
  maxLearningRate?: Hyper | null;
  /** What the loss of a batch cannot fall below. @defaultValue `0` */
  lowerBound?: Hyper;
  /** Added to c·‖g‖². @defaultValue `1e-8` */
  epsilon?: Hyper;
  /** By how much the step size may grow in an epoch, a factor; `null`: by any. @defaultValue `null` */
  growth?: number | null;
  /** Steps of an epoch, for `growth`. @defaultValue `500` */
  stepsPerEpoch?: number;
  /** What the first step size may grow from. @defaultValue `1` */
  initialStep?: number;
  /** `'decoupled'` shrinks by the step size found. @defaultValue `'decoupled'` */
  weightDecayMode?: 'decoupled' | 'coupled' | 'independent';
}

type Globals = { gamma: number; stepSize: number; unit?: number };

/**
 * SGD whose step is the loss above its lower bound, divided by the squared norm of the gradients: the stochastic Polyak step size.
 *
 * ```text
 * η = max(loss − lowerBound, 0)/(c·Σ‖g‖² + ε)
 * η ← min(η, growth^(1/stepsPerEpoch)·γ)   with growth; γ ← η unless that is 0
 * η ← min(η, maxLearningRate)
 * p ← p − learningRate·η·g
 * ```
 *
 * The sum is over all parameters; below 1e-16 there is no step. A coupled decay adds ½·weightDecay·Σ‖p‖² to the loss, too, a
 * decoupled one goes by learningRate·η.
 *
 * No slots. Globals: `stepSize` (η), with `growth` `gamma`.
 *
 * `applyGradients` takes the loss as its second argument. In the authors' code the smoothing is on, leaves the cap and the bound out,
 * and never comes back from a step of 0. optax multiplies the gradient by its `scaling` before it takes the norm. AliG is this with
 * c = 1, momentum and projections.
 *
 * **When to use:** for models that can fit their data, without a rate to tune. **When not:** where the loss stays above
 * its bound: steps then never shrink. **Hint:** c 0.2, `growth: 2` and no cap for networks that fit; else set
 * `maxLearningRate` as a learning rate.
 *
 * @example
 * ```ts
 * import { PolyakSGD } from '@optim/polyaksgd';
 *
 * model.compile({ optimizer: new PolyakSGD({ maxLearningRate: 0.1 }), loss: 'meanSquaredError' });
 * ```
 * @see https://arxiv.org/abs/2002.10542
 */
export class PolyakSGD extends Optimizer<PolyakSGDOptions> {
  static readonly className: string = 'PolyakSGD';

  static override readonly rule: Rule<PolyakSGDOptions, never, { grown: number }, Globals> = {
    options: {
      learningRate: hyper('[0, ∞)', 1),
      c: whole(hyper('(0, ∞)', 0.5)),
      maxLearningRate: whole(nullable(hyper('(0, ∞)'), 1)),
      lowerBound: whole(hyper('(-∞, ∞)', 0)),
      epsilon: whole(hyper('[0, ∞)', 1e-8)),
      growth: whole(nullable(real('[1, ∞)'))),
      stepsPerEpoch: whole(integer('[1, ∞)', 500)),
      initialStep: whole(real('(0, ∞)', 1)),
      ...plainDecayOptions(),
    },
    needs: ['loss'],
    globals: ({ growth, initialStep }) => ({ stepSize: 0, ...(growth !== null && { gamma: initialStep }) }),
    coefficients: (_t, { growth, stepsPerEpoch }) => ({ grown: (growth ?? 1) ** (1 / stepsPerEpoch) }),
    // Norms are those before p decays.
    decay: (pair, known) => (known.unit || known.weightDecayMode === 'coupled' ? decayed(pair, known) : pair),
    rounds: () => [
      round({
        observe: ({ param, grad }, { weightDecay, weightDecayMode }) => ({
          ...squareSums(grad),
          penalty: param
            .square()
            .sum()
            .mul(weightDecayMode === 'coupled' ? weightDecay.mul(0.5) : 0),
        }),
        combine({ penalty, loss, ...sums }, { c, maxLearningRate, lowerBound, epsilon, growth, ...known }) {
          const above = loss.add(penalty).sub(lowerBound).maximum(0);
          const { squares } = sums;
          const n = lengthOf(sums);
          const quotient = above.div(squares.mul(c).add(epsilon));
          let eta = where(
            squares.less(Infinity),
            where(squares.less(1e-16), 0, quotient),
            above.div(n).div(n).div(c),
          );
          if (growth !== null) eta = eta.minimum(known.gamma.mul(known.grown));
          if (maxLearningRate !== null) eta = eta.minimum(maxLearningRate);
          const kept = growth !== null && { gamma: where(eta.greater(0), eta, known.gamma) };
          return { ...kept, stepSize: eta, unit: eta };
        },
      }),
    ],
    rateInForce: (_param, { unit, learningRate }) => (unit ? unit.mul(learningRate) : null),
    update: ({ param, grad }, { rateInForce: rate }) => ({ param: param.sub(grad.mul(rate)) }),
  };
}

register(PolyakSGD);
