// SPDX-License-Identifier: Apache-2.0

import { describeOptimizer } from '@optim/all';

/** The defaults of a class as it is described, and 1000 for what has none; without hooks. */
export function defaultsOf(name: string): Record<string, unknown> {
  const options = describeOptimizer(name).options.filter((option) => option.name !== 'transforms');
  return Object.fromEntries(
    options.map((option) => [option.name, 'default' in option ? option.default : 1000]),
  );
}
