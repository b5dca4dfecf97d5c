// SPDX-License-Identifier: Apache-2.0

/**
 * Hooks for the `transforms` option of every optimizer: changes of the gradient before the rule, traced and fused
 * with it, run in the order given.
 *
 * ```ts
 * new AdamW({ transforms: [skipNonFinite(), clipByGlobalNorm(1), centralizeGradients()] });
 * ```
 *
 * @packageDocumentation
 */

export { centralizeGradients, type CentralizeGradientsOptions } from './centralize-gradients.js';
export { clipByGlobalNorm, type ClipByGlobalNormOptions } from './clip-by-global-norm.js';
export { clipByValue, type ClipByValueOptions } from './clip-by-value.js';
export { skipNonFinite } from './skip-non-finite.js';
