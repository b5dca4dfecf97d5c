// SPDX-License-Identifier: Apache-2.0

import { Optimizer, type Rule } from '@optim/core/authoring';
import { scion, type SCIONOptions, type Traits } from './rule.js';

/**
 * Every tensor moves towards the point of a norm ball that the averaged gradient points away from; the norm is that of the
 * role of the tensor: hidden matrix, embedding, output layer, bias.
 *
 * ```text
 * m ← (1 − α)m + αg
 * u = the point of the unit ball furthest along m
 * p ← (1 − γ)p                             not if unconstrained
 * p ← p − γρu
 *
 * norm           u, with [fan, out] the last two axes
 * spectral       NS(m)·√(out/fan)          not normalized: NS(m)·√out
 * spectralConv   NS(m)·√(out/fan)/(h·w)    m as [h·w·fan, out]
 * column         m/(r + 1e-8)              r = √(mean m²) of an input; normalized: times fan
 * row            m/(r + 1e-8)              r = √(Σ m²) of an output, times √fan; not normalized: without
 * sign           sign(m)/fan               not normalized: sign(m)
 * bias           m/(√(mean m²) + 1e-8)
 * ```
 *
 * NS are Muon's Newton–Schulz steps, `'original'` with ε = 1e-7, by which all singular values come near 1. The length of the gradient has no
 * influence, so clipping by norm has none either.
 *
 * What starts within the ball, ‖p‖ ≤ ρ, stays there; what starts outside decays into it. The shrinking is a weight decay of
 * γ in itself: there is `weightDecay` only with `unconstrained`.
 *
 * Slot, of the parameter's shape, zeros: `m`.
 *
 * The authors' names speak of `[out, in]`; here `'row'` and `'column'` mean outputs and inputs of `[in, out]`. An embedding
 * `[vocabulary, dim]` takes `'column'`; where PyTorch reads its first axis as outputs, and has to transpose, here it is the
 * inputs. The authors call α `momentum`, compute in bfloat16, and take the square of a kernel's height for h·w.
 *
 * **When to use:** for networks whose learning rate is to be found on a small model and kept for a wide one.
 * **When not:** where the layers' roles are not known; AdamW then asks for less. **Hint:** a large radius for the output
 * layer, with `norm: 'sign'`, about 50 for transformer blocks and 8 for convolutional networks; α 0.5 in short runs.
 *
 * @example
 * ```ts
 * import { SCION } from '@optim/scion';
 *
 * const optimizer = new SCION({
 *   learningRate: 5e-3,
 *   radius: 8,
 *   parameterGroups: [
 *     { match: /embedding/, norm: 'column', radius: 1 },
 *     { match: /head.*kernel/, norm: 'sign', radius: 100 },
 *   ],
 * });
 * model.compile({ optimizer, loss: 'meanSquaredError' });
 * ```
 * @see https://arxiv.org/abs/2502.07529
 */
export class SCION extends Optimizer<SCIONOptions> {
  static readonly className: string = 'SCION';

  static override readonly rule: Rule<SCIONOptions, 'm', Traits> = scion('SCION', (alpha) => alpha);
}
