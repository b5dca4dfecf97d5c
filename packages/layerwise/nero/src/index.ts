// SPDX-License-Identifier: CC-BY-NC-SA-4.0
// Liu, Bernstein, Meister, Yue, "Learning by Turning: Neural Architecture Aware Optimisation", arXiv:2102.07227
// Checked against a reference written from the paper; written from the paper alone.

import {
  commonOptions,
  decayed,
  flag,
  hold,
  hyper,
  Optimizer,
  real,
  register,
  type Hyper,
  type OptimizerOptions,
  type Rule,
} from '@optim/core/authoring';
import { ema, unitAxes } from '@optim/formulas';
import { constant, kernelFor, trace, where, type Expression } from '@optim/fusion';
import * as tf from '@tensorflow/tfjs-core';

/** Options of {@link Nero}. */
export interface NeroOptions extends OptimizerOptions {
  /** Step size: the relative change of each neuron per step. @defaultValue `0.01` */
  learningRate?: Hyper;
  /** Decay of the squared norm of the gradient. @defaultValue `0.999` */
  beta?: Hyper;
  /** Keep the weights of every neuron at mean zero and norm one. @defaultValue `true` */
  constraints?: boolean;
  /** Added to the two denominators. @defaultValue `1e-8` */
  epsilon?: number;
}

type Constraints = Pick<Required<NeroOptions>, 'constraints' | 'epsilon'>;

/**
 * Steps normalized neuron by neuron, relative to the weights; every neuron's weights are kept at mean zero and norm
 * one.
 *
 * ```text
 * p ← project(p), S = mean of ‖p‖          once, before the first step; S = 0.01 where it is 0
 * v ← βv + (1 − β)‖g‖²
 * u = g/(√(v/(1 − βᵗ)) + ε)                0 where g is 0
 * p ← project(p − learningRate·S·u)
 * project(x) = x̃/(‖x̃‖ + ε)                 x̃ = x − mean(x); without constraints x
 * ```
 *
 * A neuron is an output unit (last axis): means and norms are over all other axes, S is the mean over the neurons.
 * For rank 0 and 1 each element is a neuron, ‖x‖ = |x|, and project(x) = x.
 *
 * Slots: `v`, one number per neuron (axes but the last of length 1); scalar: `S`, of the
 * weights before the first step, which is 1 for constrained kernels.
 *
 * The first projection changes the weights. `minimize` does it before it computes the first gradient, of the
 * variables it is told; `initialize` does it before the first forward pass. Weights of a kernel with a single
 * input become 0 and stay 0: train them with `constraints: false` in a parameter group. Decay comes before the step,
 * and is not in the paper.
 *
 * The authors have no ε. Ports that keep axis 0 of PyTorch's layout normalize over the wrong axis here.
 *
 * **When to use:** where hyper-parameters cannot be tuned: the default learning rate suits most networks.
 * **When not:** with weights that are already trained, unless `constraints` is `false`. **Hint:** keep `learningRate`
 * and let it fall during training; follow each constrained layer by a gain or a normalization.
 *
 * @example
 * ```ts
 * import { Nero } from '@optim/nero';
 *
 * model.compile({ optimizer: new Nero({ learningRate: 0.01 }), loss: 'meanSquaredError' });
 * ```
 * @see https://arxiv.org/abs/2102.07227
 */
export class Nero extends Optimizer<NeroOptions> {
  static readonly className: string = 'Nero';

  static override readonly rule: Rule<NeroOptions, 'v' | 'S', { first: boolean; correction: number }> = {
    options: {
      learningRate: hyper('[0, ∞)', 0.01),
      beta: hyper('[0, 1)', 0.999),
      constraints: flag(true),
      epsilon: real('[0, ∞)', 1e-8),
      ...commonOptions(),
    },
    slots: (options) => ({
      v: ({ shape }) =>
        constant(0).broadcastTo(shape.map((length, axis) => (axis < shape.length - 1 ? 1 : length))),
      S: (param) => {
        const size = squares(project(param, options)).sqrt().mean();
        return where(size.equal(0), 0.01, size);
      },
    }),
    coefficients: (t, { beta, constraints }) => ({
      first: constraints && t === 1,
      correction: 1 - beta ** t,
    }),
    // What decays is the projected parameter.
    decay: ({ param, grad }, known) =>
      decayed({ param: known.first ? project(param, known) : param, grad }, known),
    update({ param, grad, v, S }, known) {
      const { learningRate, beta, epsilon, first, correction, decays } = known;
      const p = first && !decays ? project(param, known) : param;
      v = ema(v, squares(grad), beta);
      const d = v.div(correction).sqrt().add(epsilon);
      const u = where(grad.equal(0), 0, grad.div(d));
      return { v, param: project(p.sub(u.mul(S.mul(learningRate))), known) };
    },
  };

  /** As everywhere; before the very first gradient, the variables are projected where they are named. */
  override minimize(f: () => tf.Scalar, returnCost = false, varList?: tf.Variable[]): tf.Scalar | null {
    if (this.iterations > 0 || !varList) return super.minimize(f, returnCost, varList);
    const trained = varList.filter((each) => each.trainable && !this.engine.state.isFrozen(each));
    const before = trained.map(hold);
    try {
      this.initialize(trained);
      return super.minimize(f, returnCost, varList);
    } catch (error) {
      trained.forEach((variable, i) => variable.isDisposed || variable.assign(before[i]!));
      throw error;
    } finally {
      tf.dispose(before);
    }
  }

  /** Projects the constrained ones of these variables, but for those that have had a step. */
  initialize(variables: readonly tf.Variable[]): void {
    this.assertUsable();
    tf.tidy(() => {
      for (const { variable, group, updates } of this.adopt(variables)) {
        if (updates > 0) continue;
        const options: Constraints = { ...this.settings, ...this.settings.parameterGroups[group - 1] };
        const program = trace('Nero.initialize', { param: variable.shape }, [], ({ param }) => ({
          projected: project(param!, options),
        }));
        variable.assign(kernelFor(program).run([variable], [])[0]!);
      }
    });
  }
}

/** ‖x‖² of every neuron. */
function squares(x: Expression): Expression {
  return x.rank < 2 ? x.square() : x.square().sum(unitAxes(x));
}

/** The weights of every neuron brought to mean zero and norm one. */
function project(x: Expression, { constraints, epsilon }: Constraints): Expression {
  if (!constraints || x.rank < 2) return x;
  const centered = x.sub(x.mean(unitAxes(x)));
  return centered.div(squares(centered).sqrt().add(epsilon));
}

register(Nero);
