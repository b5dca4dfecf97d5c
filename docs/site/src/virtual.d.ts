// SPDX-License-Identifier: Apache-2.0
// What `tools/site/bundle.ts` makes of the registry.

declare module 'virtual:loaders' {
  /** By class, its package. */
  export const loaders: Readonly<Record<string, () => Promise<Readonly<Record<string, unknown>>>>>;
}

declare module 'virtual:classes' {
  import type { Controls } from '../../../tools/site/catalogue.js';

  export const classes: readonly Controls[];
}

declare module 'virtual:schedules' {
  import type { Described } from '@optim/all';

  export const schedules: readonly Described[];
}
