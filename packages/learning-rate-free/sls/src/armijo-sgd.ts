// SPDX-License-Identifier: Apache-2.0
// Vaswani et al., "Painless Stochastic Gradient: Interpolation, Line-Search, and Convergence Rates", arXiv:1905.09997
// Written from the paper; checked against numbers of optax' backtracking line search.

import { hold, lossOf, record, register, repeat, total, type Entry } from '@optim/core/authoring';
import { moveAlong, ReadingOptimizer, type Work } from '@optim/full-batch';
import * as tf from '@tensorflow/tfjs-core';
import { assertServed, type ArmijoSGDOptions } from './options.js';
import { gradient, move, penalty } from './rules.js';

/** The start of a call: the loss with its penalty, the directions of the variables, and the slope N along them. */
interface Start {
  readonly loss: tf.Scalar;
  readonly slope: tf.Scalar;
  readonly entries: readonly Entry[];
}

/** A trial: the loss at a step size. */
type Trial = (size: number | tf.Tensor) => tf.Scalar;

/**
 * SGD that finds the length of each step by trying: it shrinks from a guess on until the loss of the batch has fallen enough, which
 * is the condition of Armijo.
 *
 * ```text
 * η ← min(η·growth^(1/stepsPerEpoch), maxLearningRate)        'max': maxLearningRate; 'keep': min(η, maxLearningRate)
 * η ← β·η  until f(p − η·g) ≤ f(p) − c·η·Σ‖g‖²
 * b ← μb − η·g                             with momentum
 * p ← p + b                                without: p − η·g
 * ```
 *
 * After `maxBacktracks` the last η is taken if the loss is finite there, else nothing moves and the next call goes on shrinking.
 * A coupled decay adds ½·weightDecay·Σ‖p‖² to f; the others act after the search, by η.
 *
 * A call evaluates the loss once with gradients, and once without for each trial, on the same batch and with the same dropout
 * mask; statistics of batch normalization move in the first one alone. `minimize` reads a number after each trial. webgpu cannot do
 * that: `await minimizeAsync(f)`, or give `trials`: so many are made in every call, and the largest step size that is accepted is
 * chosen on the device, the smallest if none is.
 *
 * Slot, with momentum: `b`, of the parameter's shape. Globals: `stepSize` (η), `evaluations` of the loss so far.
 *
 * With hooks on gradients Σ‖g‖² is the product of the gradient before and after them; other hooks are refused. Groups can set
 * `weightDecay` alone. optax grows by a factor in every call, up to 1. The searches of Goldstein and Lipschitz are not here.
 *
 * **When to use:** for models that can fit their data, where a forward pass is cheap. **When not:** where the loss draws new data or
 * noise in every evaluation. **Hint:** set `stepsPerEpoch` to your number of batches; `beta` 0.5 where a forward pass is dear.
 *
 * @example
 * ```ts
 * import { ArmijoSGD } from '@optim/sls';
 *
 * model.compile({ optimizer: new ArmijoSGD({ trials: 6, beta: 0.5 }), loss: 'meanSquaredError' });
 * ```
 * @see https://arxiv.org/abs/1905.09997
 */
export class ArmijoSGD extends ReadingOptimizer<ArmijoSGDOptions> {
  static readonly className: string = 'ArmijoSGD';

  static override get needs(): readonly 'closure'[] {
    return ['closure'];
  }

  static override readonly rule: typeof gradient = gradient;
  static override readonly parts: { penalty: typeof penalty; move: typeof move } = { penalty, move };

  /** η as float32 has it, where calls read it, and the evaluations so far. */
  #size: number;
  #count = 0;

  /** @throws TypeError or RangeError for a wrong option, or a hook on more than gradients */
  constructor(options: ArmijoSGDOptions = {}) {
    super(options);
    assertServed(this.settings);
    this.#size = Math.fround(this.settings.initialStep);
  }

  protected get reads(): boolean {
    return this.settings.trials === null;
  }

  protected *call(f: () => tf.Scalar, varList?: tf.Variable[]): Work<tf.Scalar> {
    const left: tf.Tensor[] = [];
    const { result: start, draws } = record(() => this.#evaluate(f, varList));
    const { loss, slope, entries } = start;
    const variables = entries.map(({ variable }) => variable);
    const points = variables.map(hold);
    try {
      const trial: Trial = (size) => {
        try {
          moveAlong(variables, points, directionsOf(entries), size);
          return repeat(() => this.#lossHere(f, entries), draws, left);
        } finally {
          variables.forEach((variable, i) => variable.assign(points[i]!));
        }
      };
      if (entries.length > 0) {
        this.adopt(variables);
        if (this.reads) yield* this.searched(start, trial);
        else this.#chosen(start, trial);
      }
      this.incrementIterations();
      return loss;
    } catch (error) {
      loss.dispose();
      throw error;
    } finally {
      tf.dispose([slope, points, entries.map(({ given }) => given['grad']!)]);
      this.leave(left);
    }
  }

  /** Rules 2 to 7, reading after each trial. */
  private *searched(start: Start, trial: Trial): Work<void> {
    const { c, beta, reset, maxBacktracks, maxLearningRate } = this.settings;
    const [F, N] = (yield pair(start.loss, start.slope)) as unknown as [number, number];
    if (!Number.isFinite(F) || !Number.isFinite(N))
      throw new RangeError(`ArmijoSGD: loss and gradient must be finite, got a loss of ${F}`);
    let eta = reset === 'max' ? maxLearningRate : Math.min(this.#size * this.#factor, maxLearningRate);
    for (let shrinkings = 0; ; shrinkings++) {
      const [tried] = (yield trial(-eta)) as unknown as [number];
      const accepted = N <= 0 || tried <= F - c * eta * N;
      if (!accepted && shrinkings < maxBacktracks) {
        eta *= beta;
        continue;
      }
      this.#size = Math.fround(eta);
      this.setGlobal('stepSize', this.#size);
      this.#finish(accepted || Number.isFinite(tried) ? start.entries : [], shrinkings + 1);
      return;
    }
  }

  /** The same on the device: the largest of so many trials that is accepted, or the smallest. */
  #chosen({ loss, slope, entries }: Start, trial: Trial): void {
    const { c, beta, reset, trials, maxLearningRate } = this.settings;
    const kept = this.engine.state.globals.get('stepSize')!;
    const eta = tf.tidy(() => {
      const first =
        reset === 'max'
          ? tf.scalar(maxLearningRate)
          : tf.minimum(tf.mul(kept, this.#factor), maxLearningRate);
      const made = Array.from({ length: trials! }, (_, k) => {
        const size = tf.mul(first, beta ** k);
        const least = tf.sub(loss, tf.mul(tf.mul(size, c), slope));
        const accepted = tf.logicalOr(tf.lessEqual(slope, 0), tf.lessEqual(trial(tf.neg(size)), least));
        return { size, accepted };
      });
      return made.reduceRight<tf.Tensor>(
        (smaller, { size, accepted }) => tf.where(accepted, size, smaller),
        made.at(-1)!.size,
      );
    });
    kept.assign(eta);
    eta.dispose();
    this.#finish(entries, trials!);
  }

  /** Moves variables by the step size that so many trials have found. */
  #finish(entries: readonly Entry[], trials: number): void {
    // The step size is that of the step already.
    this.goOn(() => {
      tf.dispose(this.engine.step('move', entries, { step: this.iterations, counts: true }));
      this.#count += trials + 1;
      this.setGlobal('evaluations', this.#count);
    });
  }

  /** Rule 2: what the last step size is multiplied by. */
  get #factor(): number {
    const { reset, growth, stepsPerEpoch } = this.settings;
    return reset === 'growth' ? growth ** (1 / stepsPerEpoch) : 1;
  }

  /** The loss and the directions where the variables are. */
  #evaluate(f: () => tf.Scalar, varList?: tf.Variable[]): Start {
    const { value, grads } = this.evaluated(() => this.computeGradients(f, varList));
    try {
      const named = varList && [...new Set(varList)].map(({ name }) => ({ name, tensor: grads[name] }));
      const given = this.entriesOf(named ?? grads);
      const made = this.run(
        '',
        given.map(({ variable, given: { grad } }) => ({ variable, given: { grad: grad!, plain: grad! } })),
      );
      const sums = tf.tidy(() => ({
        loss: tf.clone(total([value, ...made.map(({ penalty: each }) => each as tf.Scalar)])),
        slope: tf.clone(total([tf.scalar(0), ...made.map(({ slope }) => slope as tf.Scalar)])),
      }));
      tf.dispose(made.flatMap(({ slope, penalty: each }) => [slope!, each!]));
      return {
        ...sums,
        entries: given.map(({ variable }, i) => ({ variable, given: { grad: made[i]!['gradient']! } })),
      };
    } finally {
      tf.dispose([value, grads]);
    }
  }

  /** The loss with its penalty where the variables are. */
  #lossHere(f: () => tf.Scalar, entries: readonly Entry[]): tf.Scalar {
    const value = this.evaluated(() => tf.tidy(lossOf(this.owner, f)));
    const made = this.run('penalty', entries);
    const sum = tf.tidy(() =>
      tf.clone(total([value, ...made.map(({ penalty: each }) => each as tf.Scalar)])),
    );
    tf.dispose([value, made]);
    return sum as tf.Scalar;
  }

  /** @throws TypeError: a search needs the loss itself */
  protected override step(): void {
    throw new TypeError('ArmijoSGD: a step needs the loss itself; call minimize instead of applyGradients');
  }

  protected override restored({ stepSize, evaluations }: Readonly<Record<string, number>>): void {
    this.#size = stepSize ?? Math.fround(this.settings.initialStep);
    this.#count = evaluations ?? 0;
  }
}

const directionsOf = (entries: readonly Entry[]): tf.Tensor[] => entries.map(({ given }) => given['grad']!);

/** Two scalars as one tensor, to be read. */
function pair(x: tf.Tensor, y: tf.Tensor): tf.Tensor {
  return tf.tidy(() => tf.stack([tf.reshape(x, []), tf.reshape(y, [])]));
}

register(ArmijoSGD);
