// SPDX-License-Identifier: Apache-2.0

/**
 * Hooks for the `transforms` option of every optimizer that is no wrapper (give them to its base): changes of the gradient or of the parameter before the rule, or of
 * the step after it, traced and fused with it, run in the order given.
 *
 * ```ts
 * new AdamW({ transforms: [skipNonFinite(), clipByGlobalNorm(1), centralizeGradients()] });
 * ```
 *
 * @packageDocumentation
 */

export {
  adaptiveGradientClipping,
  type AdaptiveGradientClippingOptions,
} from './adaptive-gradient-clipping.js';
export { cautious, type CautiousOptions } from './cautious.js';
export { centralizeGradients, type CentralizeGradientsOptions } from './centralize-gradients.js';
export { clipByGlobalNorm, type ClipByGlobalNormOptions } from './clip-by-global-norm.js';
export { clipByValue, type ClipByValueOptions } from './clip-by-value.js';
export {
  monitor,
  readNorms,
  type AllNorms,
  type Monitored,
  type MonitorOptions,
  type Norms,
} from './monitor.js';
export { normalizeGradients, type NormalizeGradientsOptions } from './normalize-gradients.js';
export { normLoss, type NormLossOptions } from './norm-loss.js';
export { skipNonFinite, type SkipNonFiniteOptions } from './skip-non-finite.js';
export { stableWeightDecay, type StableWeightDecayOptions } from './stable-weight-decay.js';
