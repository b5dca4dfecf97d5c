// SPDX-License-Identifier: Apache-2.0
// The projection of AdamP and SGDP, which keeps the norm of scale-invariant weights from growing.

import { where, type Expression } from '@optim/fusion';
import { unitAxes } from './formulas.js';

/**
 * Takes out of a step its part along the weights, per unit or as a whole, whichever looks scale-invariant first.
 *
 * ```text
 * invariant: max |cos(p, g)| < δ/√(weights per view)       views: the units, then the whole tensor
 * q ← q − p̂⟨p̂, q⟩                                           p̂ = p/(‖p‖ + ε) per view
 * ```
 *
 * Sums over the whole tensor are those over the units, summed: one sweep over the elements serves both views.
 *
 * @param q - the step, of the shape of the parameter p
 * @param g - the gradient
 * @returns the step, and the factor on the weight decay: `wdRatio` where a view is invariant, else 1
 * @see https://arxiv.org/abs/2006.08217
 */
export function projected(
  q: Expression,
  p: Expression,
  g: Expression,
  {
    epsilon,
    delta,
    wdRatio,
  }: { readonly epsilon: Expression; readonly delta: Expression; readonly wdRatio: Expression },
): { q: Expression; ratio: Expression } {
  const perUnit = { pp: p.square(), gg: g.square(), pg: p.mul(g), pq: p.mul(q) };
  const view = (sum: (products: Expression) => Expression): { invariant: Expression; share: Expression } => {
    const [pNorm, gNorm] = [sum(perUnit.pp).sqrt(), sum(perUnit.gg).sqrt()];
    const cosine = sum(perUnit.pg)
      .abs()
      .div(pNorm.maximum(epsilon).mul(gNorm.maximum(epsilon)));
    const size = p.size / pNorm.size;
    // p̂⟨p̂, q⟩ = p·share, with p̂ = p/(‖p‖ + ε)
    const share = sum(perUnit.pq).div(pNorm.add(epsilon).square());
    return { invariant: cosine.max().less(delta.div(Math.sqrt(size))), share };
  };
  const units = view((products) => products.sum(unitAxes(p)));
  const layer = view((products) => products.sum(unitAxes(p)).sum());
  // Chosen per unit, not per element; 0 takes nothing out.
  const share = where(units.invariant, units.share, where(layer.invariant, layer.share, 0));
  return {
    q: q.sub(p.mul(share)),
    ratio: where(units.invariant.or(layer.invariant), wdRatio, 1),
  };
}
