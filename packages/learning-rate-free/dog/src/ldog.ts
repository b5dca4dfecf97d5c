// SPDX-License-Identifier: Apache-2.0
// Ivgi, Hinder, Carmon, "DoG is SGD's Best Friend: A Parameter-Free Dynamic Step Size Schedule", arXiv:2302.12022
// Checked against the authors' dog 1.0.3.

import { Optimizer, register, shrunk, type Rule } from '@optim/core/authoring';
import { copy, zero } from '@optim/formulas';
import { constant, where } from '@optim/fusion';
import { assertOneStart, distanceOptions, type DistanceOptions } from './options.js';

/** Options of {@link LDoG}. */
export type LDoGOptions = DistanceOptions;

/**
 * DoG for each tensor by itself: a step size from how far the tensor has gone and what gradients it has met.
 *
 * ```text
 * r ← max(r, ‖p − p₀‖)                     at first repsRel·(1 + ‖p₀‖)
 * G ← G + ‖g‖²                             from ε on
 * η = learningRate·r/√G
 * p ← p − η·g
 * ```
 *
 * Norms are those of the tensor, before the step. With `initialStep` the first step has η = initialStep, whatever the
 * learning rate, and r starts at 0. Decoupled decay goes by η. Hooks that ask for the learning rate get the factor, since there are as many step sizes as tensors.
 *
 * Slots: `p0`, the parameter before its first step, of its shape; `r` and `G`, which starts at ε, scalars.
 *
 * **When to use:** fine-tuning of transformers. **When not:** for other networks, for which the authors advise DoG.
 * **Hint:** change `repsRel` alone (1e-4 with batch normalization), and average the weights.
 *
 * @example
 * ```ts
 * import { LDoG } from '@optim/dog';
 *
 * model.compile({ optimizer: new LDoG(), loss: 'meanSquaredError' });
 * ```
 * @see https://arxiv.org/abs/2302.12022
 */
export class LDoG extends Optimizer<LDoGOptions> {
  static readonly className: string = 'LDoG';

  static override readonly rule: Rule<LDoGOptions, 'p0' | 'r' | 'G'> = {
    options: distanceOptions(),
    validate: (options) => assertOneStart('LDoG', options),
    slots: ({ epsilon }) => ({ p0: copy, r: zero, G: () => constant(epsilon) }),
    decay: 'within',
    update({ param, grad, p0, r, G }, known) {
      const { learningRate, repsRel, initialStep, weightDecay, weightDecayMode, decayStrength } = known;
      const first = initialStep === null ? p0.norm().add(1).mul(repsRel) : 0;
      r = where(r.equal(0), first, r).maximum(param.sub(p0).norm());
      G = G.add(grad.square().sum());
      const found = r.mul(learningRate).div(G.sqrt());
      const eta = initialStep === null ? found : where(r.equal(0), initialStep, found);
      const strength = weightDecayMode === 'decoupled' ? eta.mul(weightDecay) : decayStrength;
      const start = shrunk(param, decayStrength && strength);
      return { r, G, start, param: start.sub(grad.mul(eta)) };
    },
  };
}

register(LDoG);
