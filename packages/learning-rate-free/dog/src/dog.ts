// SPDX-License-Identifier: Apache-2.0
// Ivgi, Hinder, Carmon, "DoG is SGD's Best Friend: A Parameter-Free Dynamic Step Size Schedule", arXiv:2302.12022
// Checked against the authors' dog 1.0.3 and optax.

import { decayed, Optimizer, register, round, type Known, type Rule } from '@optim/core/authoring';
import { copy } from '@optim/formulas';
import { where, type Expression } from '@optim/fusion';
import { assertOneStart, distanceOptions, type DistanceOptions } from './options.js';

/** Options of {@link DoG}. */
export type DoGOptions = DistanceOptions;

type Globals = { r: number; G: number; stepSize: number; unit?: number };

/**
 * SGD without a learning rate: the step size is the largest distance from the start so far over the root of the sum of all squared
 * gradients.
 *
 * ```text
 * r ← max(r, ‖p − p₀‖)                     at first repsRel·(1 + ‖p₀‖)
 * G ← G + ‖g‖²                             from ε on
 * η = learningRate·r/√G
 * p ← p − η·g
 * ```
 *
 * Norms are over all parameters, before the step. With `initialStep` the first step has η = initialStep, whatever the learning
 * rate, and r starts at 0. Decoupled decay goes by η. The authors evaluate at an average of the points after each step, with weights that grow as a polynomial.
 *
 * Slot, of the parameter's shape: `p0`, the parameter before its first step. Globals: `r`, `G`, `stepSize` (η).
 *
 * The authors' code keeps r and G for each parameter group, here all parameters have one; `learningRate` and
 * `weightDecay` may differ by group. optax multiplies the first step by the learning rate. Weights that are loaded in the middle make p₀
 * wrong: make a new optimizer.
 *
 * **When to use:** where SGD would do, and nobody is to look for its rate. **When not:** for a few steps only: it takes tens of them to
 * get going. **Hint:** change `repsRel` alone (1e-4 with batch normalization), and average the weights.
 *
 * @example
 * ```ts
 * import { DoG } from '@optim/dog';
 *
 * model.compile({ optimizer: new DoG({ repsRel: 1e-4 }), loss: 'meanSquaredError' });
 * ```
 * @see https://arxiv.org/abs/2302.12022
 */
export class DoG extends Optimizer<DoGOptions> {
  static readonly className: string = 'DoG';

  static override readonly rule: Rule<DoGOptions, 'p0', object, Globals> = {
    options: distanceOptions(),
    validate: (options) => assertOneStart('DoG', options),
    slots: () => ({ p0: copy }),
    globals: ({ epsilon }) => ({ r: 0, G: epsilon, stepSize: 0 }),
    // p is measured before it decays.
    decay: (pair, known) => (known.unit || known.weightDecayMode === 'coupled' ? decayed(pair, known) : pair),
    rounds: () => [
      round({
        observe: ({ param, grad, p0 }) => ({
          squares: grad.square().sum(),
          away: param.sub(p0).square().sum(),
          start: p0.square().sum(),
        }),
        combine({ squares, away, start }, { repsRel, initialStep, ...known }) {
          const first = initialStep === null ? start.sqrt().add(1).mul(repsRel) : 0;
          const r = where(known.r.equal(0), first, known.r).maximum(away.sqrt());
          const G = known.G.add(squares);
          const unit = r.div(G.sqrt());
          return { r, G, unit, stepSize: sizeOf({ ...known, initialStep, unit }) };
        },
      }),
    ],
    rateInForce: (_param, { unit, ...known }) => (unit ? sizeOf({ ...known, unit }) : null),
    update: ({ param, grad }, { rateInForce: eta }) => ({ param: param.sub(grad.mul(eta)) }),
  };
}

/** η, from that for a learning rate of 1, which is 0 before anything has moved. */
function sizeOf({
  unit,
  learningRate,
  initialStep,
}: Pick<Known<DoGOptions>, 'learningRate' | 'initialStep'> & { readonly unit: Expression }): Expression {
  const eta = unit.mul(learningRate);
  return initialStep === null ? eta : where(unit.equal(0), initialStep, eta);
}

register(DoG);
