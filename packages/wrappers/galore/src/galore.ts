// SPDX-License-Identifier: Apache-2.0
// Zhao et al., "GaLore: Memory-Efficient LLM Training by Gradient Low-Rank Projection", arXiv:2403.03507
// Checked against the authors' projector around torch.optim.

import {
  custom,
  hyper,
  integer,
  isCallable,
  outOfRange,
  real,
  register,
  unwrap,
  type Entry,
  type NamedGradients,
  type OptionTable,
} from '@optim/core/authoring';
import { assertFollows, assertOnePoint, hasStepped, Wrapper } from '@optim/wrapper';
import * as tf from '@tensorflow/tfjs-core';
import { isProjected, move, project, sidesOf, type GaLoreOptions } from './projection.js';
import { StandIns } from './stand-ins.js';

/** Those whose step depends on the parameter, in whose place there is a 0. */
const readers =
  /^(AdaFactor|AdamP|Amos|CAME|COCOB|DAdapt\w*|DoG|DoWG|Fromage|LARS|LDoG|Lamb|Mechanic|Nero|Prodigy|ScheduleFree\w*|SGDP|Tiger)$/;

/**
 * Lets any optimizer see matrices through their leading singular directions alone: its state shrinks from `[in, out]` to `[rank, longer side]`.
 *
 * ```text
 * every updateGap steps:
 *   P ← leading r eigenvectors of G·Gᵀ         G: g as a matrix, its last axis kept
 * R = Pᵀ·G
 * D = step of the base from 0 along R
 * p ← p + scale·P·D
 * p ← p·(1 − learningRate·λ)                   all variables, at the rate of the base
 * ```
 *
 * Where the output is the shorter side, P is of Gᵀ·G, R = G·P, and p ← p + scale·D·Pᵀ. In each column of P the element of largest
 * magnitude is positive. Where G is 0, P stays; at first it is the first unit vectors. The slots of the base are not turned when P
 * changes, as published. Other variables are left to the base, without `scale`.
 *
 * Slot: `P`, `[shorter side, r]`. The base keeps its own for a variable with the shape of R, and in its name, `dense/8x64/kernel` for
 * `dense/kernel`; a group that matches beginning or end of a name matches both.
 *
 * The eigenvectors are found on the host in float64, on webgpu by Jacobi rotations on the device. Gradients that are not finite are refused in the steps that
 * do so, except on webgpu. The authors add ε before the correction of biases, and project tensors of rank above 2 by another way; here
 * they are flattened. optax projects the longer side.
 *
 * **When to use:** where the memory of the optimizer is the limit. **When not:** elsewhere; with an algorithm that reads its
 * parameters, which is refused. **Hint:** rank a quarter of the width, and four times the learning rate of the base alone.
 *
 * @example
 * ```ts
 * import { AdamW } from '@optim/adamw';
 * import { GaLore } from '@optim/galore';
 *
 * new GaLore(new AdamW({ learningRate: 4e-3, weightDecay: 0 }), { rank: 16, weightDecay: 0.01 });
 * ```
 * @see https://arxiv.org/abs/2403.03507
 */
export class GaLore extends Wrapper<GaLoreOptions> {
  static readonly className: string = 'GaLore';

  static override readonly options: OptionTable<GaLoreOptions> = {
    rank: integer('[1, ∞)', 128),
    updateGap: integer('[1, ∞)', 200),
    scale: real('(0, ∞)', 0.25),
    weightDecay: hyper('[0, ∞)', 0),
    useGaLore: custom('a function of name and shape, or null', (f) => f === null || isCallable(f), null),
  };

  protected readonly rules: { project: typeof project; move: typeof move } = { project, move };
  readonly #standIns = new StandIns();

  /**
   * @throws TypeError when `base` is not an optimizer, needs the loss itself, gathers gradients, reads its parameters, or has an
   * evaluation point of its own; RangeError when it decays; TypeError or RangeError for a wrong option
   */
  constructor(base: tf.Optimizer, options: GaLoreOptions = {}) {
    super(base, options);
    assertFollows('GaLore', base);
    assertOnePoint('GaLore', base);
    for (const inside of unwrap(base)) {
      const name = inside.getClassName();
      if ('microStep' in inside)
        throw new TypeError(
          `GaLore: base must step in every call, but ${name} gathers gradients: put it around`,
        );
      if (readers.test(name)) throw new TypeError(`GaLore: base must not read its parameters, got ${name}`);
      const { weightDecay } = (inside as { inForce?: () => { weightDecay?: unknown } }).inForce?.() ?? {};
      if (typeof weightDecay === 'number' && weightDecay !== 0)
        throw outOfRange('GaLore', `weightDecay of the base ${name}`, '0: give it to GaLore', weightDecay);
    }
  }

  protected step(entries: readonly Entry[], loss: tf.Scalar | undefined, given: NamedGradients): void {
    const { engine, settings, iterations: step } = this;
    const isMatrix = ({ variable }: Entry): boolean => isProjected(variable, settings);
    tf.tidy(() => {
      const matrices = entries.filter(isMatrix);
      const projected = engine.step('project', matrices, { step });
      const inPlace = new Map(
        matrices.map(({ variable }, i) => {
          const z = this.#standIns.of(variable, sidesOf(variable.shape, settings).projected);
          return [variable.name, { z, R: projected[i]!['R']! }] as const;
        }),
      );
      const own = settings.weightDecay === 0 ? matrices : entries;
      const rates = own.map(({ variable }) => this.learningRateOf(inPlace.get(variable.name)?.z ?? variable));
      try {
        if (!hasStepped(this.base, () => this.stepBase(replaced(given, inPlace), loss))) return;
        const moved = own.map(({ variable }, i) => {
          const D = inPlace.get(variable.name)?.z;
          return { variable, given: { learningRate: tf.scalar(rates[i]!), ...(D && { D: tf.clone(D) }) } };
        });
        engine.step('move', moved, { step, counts: true });
        this.incrementIterations();
      } finally {
        for (const { z } of inPlace.values()) z.assign(tf.zerosLike(z));
      }
    });
  }

  override dispose(): void {
    super.dispose();
    this.#standIns.clear();
  }
}

/** Gradients with those of stand-ins in place of those they are made of. */
function replaced(
  given: NamedGradients,
  inPlace: ReadonlyMap<string, { readonly z: tf.Variable; readonly R: tf.Tensor }>,
): NamedGradients {
  const list = Array.isArray(given)
    ? (given as { name: string; tensor: tf.Tensor }[])
    : Object.entries(given).map(([name, tensor]) => ({ name, tensor: tensor as tf.Tensor }));
  return list.map(({ name, tensor }) => {
    const own = inPlace.get(name);
    return own ? { name: own.z.name, tensor: own.R } : { name, tensor };
  });
}

register(GaLore);
