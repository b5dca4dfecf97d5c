// SPDX-License-Identifier: Apache-2.0
// Every wrapper, and what it takes inside.

import {
  AdamW,
  ASAM,
  FriendlySAM,
  GaLore,
  GPA,
  GradientAccumulation,
  GSAM,
  Lookahead,
  LookSAM,
  Mechanic,
  PCGrad,
  SAM,
  Split,
  WeightAveraging,
  WSAM,
} from '@optim/all';
import type { BaseOptimizer } from '@optim/core';
import { MSAM } from '@optim/msam';

/**
 * What a wrapper is to those around it: it evaluates the loss itself, has an evaluation point of its own, gathers gradients, or reads
 * its parameters.
 */
export type Kind = 'evaluates' | 'has a point' | 'gathers' | 'reads' | 'plain';

/** A wrapper. */
export interface Row {
  readonly make: (base: BaseOptimizer) => BaseOptimizer;
  readonly kind: Kind;
  /** Why it refuses a base of some kind; `BASE` stands for its class. */
  readonly refuses: Readonly<Partial<Record<Kind, string>>>;
}

const follows = 'base must step along a given gradient, but BASE needs the loss itself';
const gradientsOnly = 'base must need gradients only, but BASE needs the loss itself';
const onePoint = 'base must have no evaluation point of its own, got BASE';

/** One that evaluates the loss itself takes none that does. */
const evaluating = (make: Row['make']): Row => ({ make, kind: 'evaluates', refuses: { evaluates: follows } });

export const wrappers: Readonly<Record<string, Row>> = {
  GradientAccumulation: {
    make: (base) => new GradientAccumulation(base, { every: 2 }),
    kind: 'gathers',
    refuses: { evaluates: gradientsOnly },
  },
  Split: {
    make: (base) =>
      new Split(base, {
        groups: [{ match: /bias/, optimizer: new AdamW({ learningRate: 0.05, weightDecay: 0 }) }],
      }),
    kind: 'plain',
    refuses: { evaluates: gradientsOnly },
  },
  Lookahead: {
    make: (base) => new Lookahead(base, { k: 3, alpha: 0.5 }),
    kind: 'has a point',
    refuses: { 'has a point': 'base must not look ahead itself, got BASE' },
  },
  WeightAveraging: {
    make: (base) => new WeightAveraging(base, { decay: 0.5 }),
    kind: 'has a point',
    refuses: { 'has a point': onePoint },
  },
  GPA: {
    make: (base) => new GPA(base, { evalInterpolation: 0.5 }),
    kind: 'has a point',
    refuses: { evaluates: follows, 'has a point': onePoint },
  },
  MSAM: {
    make: (base) => new MSAM(base),
    kind: 'has a point',
    refuses: { evaluates: follows, 'has a point': onePoint },
  },
  Mechanic: {
    make: (base) => new Mechanic(base, { sInit: 0.1 }),
    kind: 'reads',
    refuses: {
      evaluates: follows,
      'has a point': onePoint,
      gathers: 'base must step in every call, but BASE gathers gradients: put it around',
    },
  },
  GaLore: {
    make: (base) => new GaLore(base, { rank: 1, updateGap: 3 }),
    kind: 'plain',
    refuses: {
      evaluates: follows,
      'has a point': onePoint,
      gathers: 'base must step in every call, but BASE gathers gradients: put it around',
      reads: 'base must not read its parameters, got BASE',
    },
  },
  SAM: evaluating((base) => new SAM(base)),
  ASAM: evaluating((base) => new ASAM(base)),
  GSAM: evaluating((base) => new GSAM(base)),
  LookSAM: evaluating((base) => new LookSAM(base, { k: 2 })),
  WSAM: evaluating((base) => new WSAM(base)),
  FriendlySAM: evaluating((base) => new FriendlySAM(base)),
  PCGrad: evaluating((base) => new PCGrad(base)),
};
