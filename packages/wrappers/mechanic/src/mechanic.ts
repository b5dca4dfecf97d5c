// SPDX-License-Identifier: Apache-2.0
// Cutkosky et al., "Mechanic: A Learning Rate Tuner", arXiv:2306.00144
// Checked against the authors' mechanic_pytorch and optax.contrib.mechanize.

import {
  flag,
  hold,
  list,
  outOfRange,
  real,
  register,
  unshared,
  unwrap,
  type Entry,
  type NamedGradients,
  type OptionTable,
} from '@optim/core/authoring';
import { assertFollows, assertOnePoint, hasStepped, movedBy, Wrapper } from '@optim/wrapper';
import * as tf from '@tensorflow/tfjs-core';
import { tune, type MechanicOptions, type Tuner } from './tuner.js';

/** More tuners than anyone needs. */
const mostBetas = 10;

/**
 * Learns the scale of the steps of any optimizer, by betting on whether the way so far points downhill: no learning rate to
 * choose.
 *
 * ```text
 * q = step of the base from p along g
 * h = Σ Δ·(g + λ·S·(‖g‖/(‖p‖ + ε))·p)                  Σ and ‖·‖ over all elements of all parameters
 * Δ ← Δ + (q − p)
 * for every β, its tuner having s, r, m, v:
 *   r ← β·r − s·min(max(h, −m), m)                     with clip; else r ← max(0, β·r − s·h)
 *   m ← max(β·m, |h| + ε)                              without clip: no ε
 *   v ← β²·v + h²
 *   s ← (sInit·m/n + max(0, r))/(√v + ε)               n tuners
 * S = Σ s
 * p ← x₀ + S·Δ                                         x₀: the parameter before its first step
 * ```
 *
 * The base is given a learning rate of 1, or a schedule whose peak is 1, and sees the scaled p. Its weight decay is part of its
 * step, and scaled with it; {@link MechanicOptions.decay} is none. A variable without a gradient stays. Gradients that are not
 * finite leave S as it is. Whoever writes p from outside makes x₀ and Δ wrong: start anew then.
 *
 * Slots, of the parameter's shape: `x0`, and with `storeDelta` `delta` (zeros at first). Globals: S, and s, r, m, v of
 * every tuner with its index. `await optimizer.scale()` reads S.
 *
 * With `storeDelta: false` it is optax.contrib.mechanize; Δ is then a difference of nearly equal numbers while S is small. The
 * paper is `clip: false, sInit: 1e-8`. The authors' PyTorch code takes the p of the decay after the step of the base.
 *
 * **When to use:** with an algorithm whose schedule is known and whose rate is not. **When not:** for a few hundred steps, which
 * it takes to find the scale; with Lamb or LARS, which measure p; below float32. **Hint:** AdamW with learning rate 1 and your
 * schedule, everything else as it is; a larger `sInit` where training is short.
 *
 * @example
 * ```ts
 * import { AdamW } from '@optim/adamw';
 * import { Mechanic } from '@optim/mechanic';
 *
 * model.compile({ optimizer: new Mechanic(new AdamW({ learningRate: 1 })), loss: 'meanSquaredError' });
 * ```
 * @see https://arxiv.org/abs/2306.00144
 */
export class Mechanic extends Wrapper<MechanicOptions> {
  static readonly className: string = 'Mechanic';

  static override readonly options: OptionTable<MechanicOptions> = {
    betas: list(real('(0, 1)'), [0.9, 0.99, 0.999, 0.9999, 0.99999, 0.999999]),
    sInit: real('(0, ∞)', 1e-6),
    decay: real('[0, ∞)', 0.01),
    epsilon: real('(0, ∞)', 1e-8),
    clip: flag(true),
    storeDelta: flag(true),
  };

  protected readonly rules: { tune: Tuner } = { tune };

  /**
   * @throws TypeError when `base` is not an optimizer, needs the loss itself, gathers gradients, or has an evaluation point of its
   * own; TypeError or RangeError for a wrong option
   */
  constructor(base: tf.Optimizer, options: MechanicOptions = {}) {
    super(base, options);
    assertFollows('Mechanic', base);
    assertOnePoint('Mechanic', base);
    const gathering = unwrap(base).find((inside) => 'microStep' in inside);
    if (gathering)
      throw new TypeError(
        `Mechanic: base must step in every call, but ${gathering.getClassName()} gathers gradients: put it around`,
      );
  }

  protected override validate({ betas }: Required<MechanicOptions>): void {
    if (betas.length > mostBetas)
      throw outOfRange('Mechanic', 'betas', `at most ${mostBetas} numbers`, betas.length);
  }

  /** S, the scale of the steps. */
  async scale(): Promise<number> {
    this.assertUsable();
    const { state } = this.engine;
    const S = state.globals.get('S');
    return S ? (await S.data())[0]! : (state.firstGlobals()['S'] as number);
  }

  protected step(entries: readonly Entry[], loss: tf.Scalar | undefined, given: NamedGradients): void {
    const { engine, iterations: step } = this;
    const variables = entries.map(({ variable }) => variable);
    const held = variables.map(hold);
    try {
      tf.tidy(() => {
        const moved = movedBy(this.base, variables);
        const tensors = entries
          .map(({ variable, given: { grad } }, i) => ({
            variable,
            given: { grad: unshared(grad!), before: held[i]! },
          }))
          .filter(({ variable }) => moved.has(variable));
        engine.adopt([...moved], step);
        if (!hasStepped(this.base, () => this.stepBase(given, loss))) return;
        if (tensors.length > 0) engine.step('tune', tensors, { step });
        this.incrementIterations();
      });
    } catch (error) {
      variables.forEach((variable, i) => variable.assign(held[i]!));
      throw error;
    } finally {
      tf.dispose(held);
    }
  }
}

register(Mechanic);
