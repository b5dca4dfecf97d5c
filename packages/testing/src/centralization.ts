// SPDX-License-Identifier: Apache-2.0

import type { Hook } from '@optim/core';
import type { Options } from './subject.js';

/**
 * Options of a golden case for an optimizer that has no gradient centralization of its own: `useGc` becomes the hook.
 *
 * @param centralizeGradients - the hook of `@optim/hooks`, which this package cannot import
 */
export function withCentralization({ useGc, ...options }: Options, centralizeGradients: () => Hook): Options {
  return useGc === true ? { ...options, transforms: [centralizeGradients()] } : options;
}
