// SPDX-License-Identifier: Apache-2.0
// Berrada, Zisserman, Kumar, "Training Neural Networks for and by Interpolation", arXiv:1906.05661
// Checked against the authors' alig for PyTorch.

import {
  custom,
  flag,
  hyper,
  isCallable,
  nullable,
  Optimizer,
  outOfRange,
  plainDecayOptions,
  real,
  register,
  round,
  total,
  whole,
  type CommonOptions,
  type Entry,
  type Hyper,
  type Known,
  type PlainDecayMode,
  type Results,
  type Rule,
  type Tensors,
} from '@optim/core/authoring';
import { zeros } from '@optim/formulas';
import { constant, lengthOf, squareSums, where } from '@optim/fusion';
import * as tf from '@tensorflow/tfjs-core';

/** Options of {@link AliG}. */
export interface AliGOptions extends CommonOptions {
  /** Cap of the step size; `null`: none. @defaultValue `null` */
  maxLearningRate?: Hyper | null;
  /** Momentum μ. @defaultValue `0` */
  momentum?: Hyper;
  /** Keep the step size out of the velocity. @defaultValue `false` */
  adjustedMomentum?: boolean;
  /** Added to the squared norm of the gradients. @defaultValue `1e-5` */
  epsilon?: Hyper;
  /** Radius of the ball all parameters together are kept in; `null`: none. @defaultValue `null` */
  maxNorm?: number | null;
  /** Any other projection: changes the variables in place after a step. It cannot be saved. @defaultValue `null` */
  projection?: ((variables: readonly tf.Variable[]) => void) | null;
  /** `'decoupled'`: p ← p·(1 − γ·weightDecay); the others as everywhere. @defaultValue `'decoupled'` */
  weightDecayMode?: PlainDecayMode;
}

type Found = { gamma: number; shrink?: number };
type AliGKnown = Known<AliGOptions, Found>;

/**
 * Step size from the loss itself: loss divided by the squared norm of the gradients, capped. For models that can fit
 * their data. There is no learning rate.
 *
 * ```text
 * γ = loss/(Σ‖g‖² + ε)                     in [0, maxLearningRate]
 * p ← p − γ·g
 * b ← μ·b − γ·g                            with momentum
 * p ← p + μ·b
 * p ← p·min(1, maxNorm/√Σ‖p‖²)             with maxNorm
 * ```
 *
 * Sums are over all parameters. Decoupled decay goes by γ. With `adjustedMomentum` b ← μ·b − g and p ← p + γ·μ·b. Regularization belongs into the
 * projection, not into the loss: a loss that cannot reach 0 gives steps that never shrink.
 *
 * Slot: with `momentum` `b`, of the parameter's shape. Global: `gamma`, the last step size.
 *
 * `applyGradients` takes the loss as its second argument. A negative loss gives no step (the authors' PyTorch code
 * ascends).
 *
 * **When to use:** for models that can fit their data to a loss near 0, such as overparameterized networks, and no
 * schedule is to be tuned. **When not:** where the loss stays above 0 (noisy labels, strong regularization, language
 * models): steps then never shrink. **Hint:** set `maxLearningRate`, 0.1 to begin with, and momentum 0.9.
 *
 * @example
 * ```ts
 * import { AliG } from '@optim/alig';
 *
 * model.compile({ optimizer: new AliG({ maxLearningRate: 0.1, momentum: 0.9 }), loss: 'meanSquaredError' });
 * ```
 * @see https://arxiv.org/abs/1906.05661
 */
export class AliG extends Optimizer<AliGOptions> {
  static readonly className: string = 'AliG';

  static override readonly rule: Rule<AliGOptions, 'b', object, Found> = {
    options: {
      maxLearningRate: whole(nullable(hyper('(0, ∞)'))),
      momentum: hyper('[0, 1)', 0),
      adjustedMomentum: flag(false),
      epsilon: whole(hyper('[0, ∞)', 1e-5)),
      maxNorm: whole(nullable(real('(0, ∞)'))),
      projection: custom('a function of the variables, or null', (f) => f === null || isCallable(f), null),
      ...plainDecayOptions(),
    },
    needs: ['loss'],
    momentum: ['b'],
    validate({ maxNorm, projection }) {
      if (maxNorm !== null && projection)
        throw outOfRange('AliG', 'projection', 'null when maxNorm is given', projection);
    },
    slots: ({ momentum }) => ({ b: momentum !== 0 && zeros }),
    globals: () => ({ gamma: 0 }),
    rounds: ({ maxNorm }) => (maxNorm === null ? [polyakStep] : [polyakStep, ball]),
    rateInForce: (_param, { gamma }) => gamma,
    update(tensors, known) {
      const moved = move(tensors, known);
      return known.shrink ? { ...moved, param: moved.param.mul(known.shrink) } : moved;
    },
  };

  /** As everywhere; before the very first gradient, the variables are projected where they are named. */
  override minimize(f: () => tf.Scalar, returnCost = false, varList?: tf.Variable[]): tf.Scalar | null {
    this.assertUsable();
    const { maxNorm, projection } = this.settings;
    if (this.iterations === 0 && varList) {
      projection?.(varList);
      if (maxNorm !== null) moveIntoBall(varList, maxNorm);
    }
    return super.minimize(f, returnCost, varList);
  }

  protected override step(entries: readonly Entry[], loss?: tf.Scalar): void {
    super.step(entries, loss);
    this.settings.projection?.(entries.map(({ variable }) => variable));
  }
}

/** The projection on its own: p ← p·min(1, radius/√Σ‖p‖²). */
function moveIntoBall(variables: readonly tf.Variable[], radius: number): void {
  tf.tidy(() => {
    const largest = tf.max(tf.stack(variables.map((p) => tf.max(tf.abs(p)))));
    const squares = total(variables.map((p) => tf.sum(tf.square(tf.divNoNan(p, largest)))));
    const norm = tf.mul(tf.sqrt(squares), largest);
    const shrink = tf.div(radius, tf.maximum(norm, radius));
    for (const p of variables) p.assign(tf.mul(p, shrink));
  });
}

/** The step without the projection. */
function move(
  { param, grad, b }: Tensors<'b'>,
  { momentum, adjustedMomentum, gamma }: AliGKnown,
): Results & Pick<Tensors, 'param'> {
  const next = param.sub(grad.mul(gamma));
  if (!b) return { param: next };
  b = b.mul(momentum).sub(adjustedMomentum ? grad : grad.mul(gamma));
  return { b, param: next.add(b.mul(adjustedMomentum ? gamma.mul(momentum) : momentum)) };
}

/** γ, from the loss and the squared norm of all gradients. */
const polyakStep = round({
  observe: ({ grad }: Tensors) => squareSums(grad),
  combine({ loss, ...sums }, { epsilon, maxLearningRate }: AliGKnown) {
    const { squares } = sums;
    const N = lengthOf(sums);
    const quotient = where(squares.less(Infinity), loss.div(squares.add(epsilon)), loss.div(N).div(N));
    const gamma = quotient.maximum(0);
    return { gamma: maxLearningRate === null ? gamma : gamma.minimum(maxLearningRate) };
  },
});

/** The factor that brings the moved parameters back into the ball. */
const ball = round({
  observe: (tensors: Tensors<'b'>, known: AliGKnown) => squareSums(move(tensors, known).param),
  combine: (sums, { maxNorm }) => ({
    shrink: constant(1).div(lengthOf(sums).maximum(maxNorm!)).mul(maxNorm!),
  }),
});

register(AliG);
