// SPDX-License-Identifier: Apache-2.0
// Algorithms of several families to try hooks with, and what each reports to them.

import { AdaBelief } from '@optim/adabelief';
import { AdaFactor } from '@optim/adafactor';
import { Adai } from '@optim/adai';
import { AdamP } from '@optim/adamp';
import { AdamW } from '@optim/adamw';
import { AliG } from '@optim/alig';
import type { BaseOptimizer, Hook, SavedTensor, StateDict } from '@optim/core';
import { DAdaptAdam } from '@optim/dadaptation';
import { Fromage } from '@optim/fromage';
import { Lamb } from '@optim/lamb';
import { Lion } from '@optim/lion';
import { SGDW } from '@optim/sgdw';

/** Elements by the name of their variable. */
export type Values = Readonly<Record<string, readonly number[]>>;

/** What is known of step t: parameters and gradients before it, and the states before and after it. */
export interface Seen {
  readonly t: number;
  readonly p: Values;
  readonly g: Values;
  readonly before: StateDict;
  readonly after: StateDict;
}

/** An algorithm, and what hooks read of it, worked out from its state. */
export interface Algorithm {
  readonly make: (transforms: Hook[]) => BaseOptimizer;
  /** The learning rate in force for a parameter. */
  readonly rate: (seen: Seen, name: string) => number;
  /** The second moment that step t divides by, from the slots after it. */
  readonly secondMoment?: (slots: Readonly<Record<string, SavedTensor>>, t: number) => number[];
}

/** A slot divided by 1 − β₂ᵗ. */
function corrected(slot: string, beta2: number): NonNullable<Algorithm['secondMoment']> {
  return (slots, t) => Array.from(slots[slot]!.data, (v) => v / (1 - beta2 ** t));
}

/** Root of the mean square. */
function rms(x: readonly number[]): number {
  return Math.hypot(...x) / Math.sqrt(x.length);
}

/** By name, without weight decay. */
export const algorithms = {
  AdaBelief: {
    make: (transforms) => new AdaBelief({ learningRate: 0.05, rectify: false, epsilon: 1e-6, transforms }),
    rate: () => 0.05,
    secondMoment: corrected('s', 0.999),
  },
  AdaFactor: {
    make: (transforms) => new AdaFactor({ learningRate: 0.1, minDimSizeToFactor: 2, transforms }),
    rate: ({ p }, name) => 0.1 * Math.max(1e-3, rms(p[name]!)),
  },
  Adai: {
    make: (transforms) => new Adai({ learningRate: 0.5, transforms }),
    rate: () => 0.5,
    secondMoment: corrected('v', 0.99),
  },
  AdamP: {
    make: (transforms) => new AdamP({ learningRate: 0.05, transforms }),
    rate: () => 0.05,
    secondMoment: corrected('v', 0.999),
  },
  AdamW: {
    make: (transforms) => new AdamW({ learningRate: 0.05, weightDecay: 0, transforms }),
    rate: () => 0.05,
    secondMoment: corrected('v', 0.999),
  },
  AliG: {
    make: (transforms) => new AliG({ maxLearningRate: 0.3, momentum: 0.9, transforms }),
    rate: ({ after }) => after.globals['gamma'] as number,
  },
  DAdaptAdam: {
    make: (transforms) => new DAdaptAdam({ d0: 0.05, transforms }),
    rate: ({ before }) => before.globals['d'] as number,
    secondMoment: ({ v }) => Array.from(v!.data),
  },
  Fromage: { make: (transforms) => new Fromage({ learningRate: 0.1, transforms }), rate: () => 0.1 },
  Lamb: {
    make: (transforms) => new Lamb({ learningRate: 0.05, transforms }),
    rate: () => 0.05,
    secondMoment: corrected('v', 0.999),
  },
  Lion: {
    make: (transforms) => new Lion({ learningRate: 0.05, beta2: 0.5, transforms }),
    rate: () => 0.05,
  },
  SGDW: {
    make: (transforms) => new SGDW({ learningRate: 0.1, momentum: 0.9, transforms }),
    rate: () => 0.1,
  },
} satisfies Record<string, Algorithm>;
