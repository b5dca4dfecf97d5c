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
export { autoClip, type AutoClipOptions } from './auto-clip.js';
export { box, type BoxOptions } from './box.js';
export { cautious, type CautiousOptions } from './cautious.js';
export { cautiousWeightDecay, type CautiousWeightDecayOptions } from './cautious-weight-decay.js';
export { centralizeGradients, type CentralizeGradientsOptions } from './centralize-gradients.js';
export { clipByBlockRms, type ClipByBlockRmsOptions } from './clip-by-block-rms.js';
export { clipByGlobalNorm, type ClipByGlobalNormOptions } from './clip-by-global-norm.js';
export { clipByValue, type ClipByValueOptions } from './clip-by-value.js';
export { clipUpdates, type ClipUpdatesOptions } from './clip-updates.js';
export { gradientNoise, type GradientNoiseOptions } from './gradient-noise.js';
export { grokfast, type GrokfastOptions } from './grokfast.js';
export { layerConstraints, type ConstrainedModel } from './layer-constraints.js';
export { mars, type MarsOptions } from './mars.js';
export { maxNorm, type MaxNormOptions } from './max-norm.js';
export { minMaxNorm, type MinMaxNormOptions } from './min-max-norm.js';
export { nonNegative, type NonNegativeOptions } from './non-negative.js';
export {
  monitor,
  readNorms,
  type AllNorms,
  type Monitored,
  type MonitorOptions,
  type Norms,
} from './monitor.js';
export { normLoss, type NormLossOptions } from './norm-loss.js';
export { normalizeGradients, type NormalizeGradientsOptions } from './normalize-gradients.js';
export { orthogonalizeGradients, type OrthogonalizeGradientsOptions } from './orthogonalize-gradients.js';
export { simplex, type SimplexOptions } from './simplex.js';
export { skipLargeUpdates, type SkipLargeUpdatesOptions } from './skip-large-updates.js';
export { skipNonFinite, type SkipNonFiniteOptions } from './skip-non-finite.js';
export type { Axis } from './slices.js';
export { stableWeightDecay, type StableWeightDecayOptions } from './stable-weight-decay.js';
export { unitNorm, type UnitNormOptions } from './unit-norm.js';
export { zClip, type ZClipOptions } from './z-clip.js';
