// SPDX-License-Identifier: Apache-2.0

import { Optimizer, type Rule } from '@optim/core/authoring';
import { scion, type SCIONOptions, type Traits } from './rule.js';

/** Options of {@link SCIONLight}. */
export type SCIONLightOptions = SCIONOptions;

/**
 * {@link SCION} with gradients added up at their full weight.
 *
 * ```text
 * m ← (1 − α)m + g
 * ```
 *
 * The rest is that of SCION, and so are the options. In PyTorch it saves memory, as m lies where the gradient was;
 * TensorFlow.js has no such place, and m is a slot of the same size. What differs is the scale of m, and with it what the
 * small numbers added to norms mean.
 *
 * Slot, of the parameter's shape, zeros: `m`.
 *
 * With α = 1 the authors' code never clears its sum of gradients; here m is the gradient then.
 *
 * **When to use:** to go on with a recipe or a state of it. **When not:** otherwise; SCION is the same. **Hint:** as SCION.
 *
 * @example
 * ```ts
 * import { SCIONLight } from '@optim/scion';
 *
 * model.compile({ optimizer: new SCIONLight({ learningRate: 5e-3, radius: 8 }), loss: 'meanSquaredError' });
 * ```
 * @see https://arxiv.org/abs/2502.07529
 */
export class SCIONLight extends Optimizer<SCIONLightOptions> {
  static readonly className: string = 'SCIONLight';

  static override readonly rule: Rule<SCIONLightOptions, 'm', Traits> = scion('SCIONLight', () => 1);
}
