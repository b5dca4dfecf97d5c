// SPDX-License-Identifier: Apache-2.0
// Khaled, Mishchenko, Jin, "DoWG Unleashed: An Efficient Universal Parameter-Free Gradient Descent Method",
// arXiv:2305.16284
// Written from the paper; checked against numbers of the authors' dowg and optax.

import {
  decayed,
  hyper,
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
import { copy } from '@optim/formulas';

/** Options of {@link DoWG}. */
export interface DoWGOptions extends PlainOptimizerOptions {
  /** Factor on the step size found; 1 in the paper, less where the loss jumps; schedules multiply it. @defaultValue `1` */
  learningRate?: Hyper;
  /** Added to the root of the weighted sum; first squared distance too. @defaultValue `1e-4` */
  epsilon?: number;
  /** First squared distance; `null`: ε. @defaultValue `null` */
  initialSquaredDistance?: number | null;
  /** `'decoupled'` shrinks by the step size found. @defaultValue `'coupled'` */
  weightDecayMode?: 'coupled' | 'decoupled' | 'independent';
}

type Globals = { r2: number; G: number; stepSize: number; unit?: number };

/**
 * DoG with gradients weighted by the distance at their time, so that early, small distances do not slow it down for good.
 *
 * ```text
 * r² ← max(r², ‖p − p₀‖²)                  from initialSquaredDistance on
 * G ← G + r²·‖g‖²
 * η = learningRate·r²/(√G + ε)
 * p ← p − η·g
 * ```
 *
 * Norms are over all parameters, before the step. Decoupled decay goes by η.
 *
 * Slot, of the parameter's shape: `p0`, the parameter before its first step. Globals: `r2` (r²), `G`, `stepSize` (η).
 *
 * The paper has no ε in the denominator; the authors' code has neither learning rate nor weight decay.
 *
 * **When to use:** where SGD would do, and nobody is to look for its rate. **When not:** for networks that need a rate per
 * parameter, such as transformers. **Hint:** half the `learningRate` where the loss jumps; a larger `epsilon` where it starts
 * too slowly.
 *
 * @example
 * ```ts
 * import { DoWG } from '@optim/dog';
 *
 * model.compile({ optimizer: new DoWG(), loss: 'meanSquaredError' });
 * ```
 * @see https://arxiv.org/abs/2305.16284
 */
export class DoWG extends Optimizer<DoWGOptions> {
  static readonly className: string = 'DoWG';

  static override readonly rule: Rule<DoWGOptions, 'p0', object, Globals> = {
    options: {
      learningRate: hyper('(0, ∞)', 1, '[0, ∞)'),
      epsilon: whole(real('(0, ∞)', 1e-4)),
      initialSquaredDistance: whole(nullable(real('(0, ∞)'))),
      ...plainDecayOptions(0, 'coupled'),
    },
    slots: () => ({ p0: copy }),
    globals: ({ epsilon, initialSquaredDistance }) => ({
      r2: initialSquaredDistance ?? epsilon,
      G: 0,
      stepSize: 0,
    }),
    // p is measured before it decays.
    decay: (pair, known) => (known.unit || known.weightDecayMode === 'coupled' ? decayed(pair, known) : pair),
    rounds: () => [
      round({
        observe: ({ param, grad, p0 }) => ({
          squares: grad.square().sum(),
          away: param.sub(p0).square().sum(),
        }),
        combine({ squares, away }, { learningRate, epsilon, ...known }) {
          const r2 = known.r2.maximum(away);
          const G = known.G.add(squares.mul(r2));
          const unit = r2.div(G.sqrt().add(epsilon));
          return { r2, G, unit, stepSize: unit.mul(learningRate) };
        },
      }),
    ],
    rateInForce: (_param, { unit, learningRate }) => (unit ? unit.mul(learningRate) : null),
    update: ({ param, grad }, { rateInForce: eta }) => ({ param: param.sub(grad.mul(eta)) }),
  };
}

register(DoWG);
