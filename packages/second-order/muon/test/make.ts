// SPDX-License-Identifier: Apache-2.0

import type { BaseOptimizer } from '@optim/core';
import type { GoldenMake } from '@optim/testing';

type Options = Record<string, unknown>;

/** The decay of the matrices for the other parameters as well, as the conformance suite expects of every decay. */
function withDecay(options: Options): Options {
  const { weightDecay } = options;
  return typeof weightDecay === 'number' && weightDecay > 0 && weightDecay < Infinity
    ? { adamwWeightDecay: weightDecay, ...options }
    : options;
}

/** Makes optimizers of a class from the options of golden cases, which name the parameters of AdamW, and of the suite. */
export function made<T extends BaseOptimizer>(Class: new (options: object) => T): GoldenMake<T> {
  return ({ adamwParameters, ...options }, golden) => {
    if (golden) {
      const others = adamwParameters as readonly string[] | undefined;
      const useMuon = (name: string, { length }: readonly number[]): boolean =>
        length >= 2 && !others?.includes(name);
      return new Class({ ...options, ...(others && { useMuon }) });
    }
    const { parameterGroups: groups } = options;
    const parameterGroups = Array.isArray(groups) ? groups.map(withDecay) : groups;
    return new Class({ ...withDecay(options), ...(groups !== undefined && { parameterGroups }) });
  };
}
