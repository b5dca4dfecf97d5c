// SPDX-License-Identifier: Apache-2.0
// `npm run bench -- --costs`: what a step of a class takes whose cost is not that of memory (matrix products,
// decompositions, evaluations), as a multiple of what it is naturally compared with. On wasm; on cpu where wasm lacks kernels.

import { AdaHessian, AdamW, GSAM, Kron, LookSAM, Muon, SAM, Shampoo, SOAP, SophiaH } from '@optim/all';
import { commonOptions, hyper, Optimizer, type OptimizerOptions, type Rule } from '@optim/core/authoring';
import { matMul } from '@optim/fusion';
import * as tf from '@tensorflow/tfjs-core';
import type { Cost } from '../results.js';
import { median } from './measure.js';
import { convolutional, dense, onGradients, onNetwork, type Side } from './sides.js';

/** A class, and what its steps are compared with. */
export interface Comparison {
  readonly subject: string;
  readonly backend: 'wasm' | 'cpu';
  /** On what, and how. */
  readonly what: string;
  readonly against: string;
  /** The multiple that is aimed at. */
  readonly atMost?: number;
  /** Steps after which the cost of a step comes again: the interval of a refresh. */
  readonly cycle: number;
  readonly own: () => Side;
  readonly other: () => Side;
}

type Shapes = readonly (readonly [number, number])[];

const learningRate = 1e-3;
const adamw = (): tf.Optimizer => new AdamW({ learningRate });

/** Two blocks of a transformer of width 256: attention (query, key and value in one; output) and the two layers after it. */
const transformer: Shapes = Array.from({ length: 2 }, () => [
  [256, 768] as const,
  [256, 256] as const,
  [256, 1024] as const,
  [1024, 256] as const,
]).flat();

/** The matrix products of five Newton–Schulz steps, and nothing else of them; of the identity they make the identity. */
class Products extends Optimizer {
  static readonly className: string = 'Products';

  static override readonly rule: Rule<OptimizerOptions> = {
    options: { learningRate: hyper('[0, ∞)', 1), ...commonOptions() },
    update({ param: x }) {
      const tall = x.shape[0]! > x.shape[1]!;
      for (let i = 0; i < 5; i++) {
        const A = matMul(x, x, tall, !tall);
        const B = matMul(A, A);
        x = tall ? matMul(x, B) : matMul(B, x);
      }
      return { param: x };
    },
  };
}

function muon(what: string, shapes: Shapes): Comparison {
  return {
    subject: 'Muon',
    backend: 'wasm',
    what,
    against: 'its matrix products alone',
    atMost: 1.3,
    cycle: 1,
    own: () => onGradients(new Muon(), shapes),
    other: () => onGradients(new Products(), shapes, ([rows, columns]) => tf.eye(rows!, columns!)),
  };
}

/** Beside AdamW, on one matrix, over as many steps as there are from one refresh to the next. */
function preconditioned(
  subject: string,
  n: number,
  how: string,
  cycle: number,
  make: () => tf.Optimizer,
): Comparison {
  const shapes = [[n, n]] as const;
  return {
    subject,
    backend: 'wasm',
    what: `${n} x ${n}, ${how}`,
    against: 'AdamW',
    cycle,
    own: () => onGradients(make(), shapes),
    other: () => onGradients(adamw(), shapes),
  };
}

// TensorFlow.js has no gradient of a convolution on wasm.
const networks = {
  'dense network': { backend: 'wasm', make: dense, batch: 64 },
  'convolutional network': { backend: 'cpu', make: convolutional, batch: 8 },
} as const;

/** Steps with their evaluation, on both networks. */
function trained(
  subject: string,
  how: string,
  [make, against, other]: readonly [() => tf.Optimizer, string, () => tf.Optimizer],
  { atMost, cycle = 1 }: { readonly atMost?: number; readonly cycle?: number } = {},
  on: readonly (keyof typeof networks)[] = ['dense network', 'convolutional network'],
): Comparison[] {
  return on.map((name) => {
    const { backend, make: network, batch } = networks[name];
    return {
      subject,
      backend,
      what: `${name}${how}`,
      against,
      ...(atMost !== undefined && { atMost }),
      cycle,
      own: () => onNetwork(make(), network, batch),
      other: () => onNetwork(other(), network, batch),
    };
  });
}

const sam = (): tf.Optimizer => new SAM(adamw());

export const comparisons: readonly Comparison[] = [
  muon('1024 x 1024', [[1024, 1024]]),
  muon('8 matrices of a transformer of width 256', transformer),
  ...[256, 512].flatMap((n) => [
    preconditioned('Shampoo', n, 'roots every 20 steps', 20, () => {
      return new Shampoo({ learningRate, preconditioningComputeSteps: 20 });
    }),
    preconditioned('SOAP', n, 'bases every 10 steps', 10, () => new SOAP({ learningRate })),
    preconditioned('Kron', n, 'a fit every 34 steps', 34, () => {
      return new Kron({ learningRate, preconditionerUpdateProbability: 0.03 });
    }),
    preconditioned('Kron', n, 'a fit in every step', 1, () => {
      return new Kron({ learningRate, preconditionerUpdateProbability: 1 });
    }),
  ]),
  ...trained(
    'SOAP',
    ', maxPreconditionDim 256',
    [() => new SOAP({ learningRate, maxPreconditionDim: 256 }), 'AdamW', adamw],
    { atMost: 3, cycle: 10 },
    ['dense network'],
  ),
  ...trained('SOAP', '', [() => new SOAP({ learningRate }), 'AdamW', adamw], { cycle: 10 }, [
    'dense network',
  ]),
  ...trained('AdaHessian', '', [() => new AdaHessian({ learningRate: 0.02 }), 'AdamW', adamw], {
    atMost: 4.5,
  }),
  ...trained('SophiaH', '', [() => new SophiaH(), 'AdamW', adamw], { atMost: 1.5, cycle: 10 }),
  ...trained('SAM', '', [sam, 'AdamW', adamw]),
  ...trained('GSAM', '', [() => new GSAM(adamw()), 'SAM', sam], { atMost: 1.1 }),
  ...trained('LookSAM', ', between full steps', [() => new LookSAM(adamw(), { k: 100_000 }), 'AdamW', adamw]),
  ...trained('LookSAM', ', k 5', [() => new LookSAM(adamw(), { k: 5 }), 'SAM', sam], { cycle: 5 }),
];

/** Milliseconds of the processor for a step: what others do on the machine does not count. */
async function timed({ step }: Side, steps: number): Promise<number> {
  const start = process.cpuUsage();
  for (let i = 0; i < steps; i++) await step();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000 / steps;
}

/** Gets over the first cycles; returns the steps of a round: whole cycles, and enough of them for the clock. */
async function started(side: Side, cycle: number): Promise<number> {
  // The first step, which may be a full one, and all kinds of steps once.
  await timed(side, cycle + 1);
  const milliseconds = await timed(side, cycle);
  return cycle * Math.max(1, Math.ceil(20 / (milliseconds * cycle)));
}

/** Measures both sides in turn, round after round; the medians count. */
export async function compared(comparison: Comparison, rounds: number): Promise<Cost> {
  const { against, atMost, cycle } = comparison;
  const [own, other] = [comparison.own(), comparison.other()];
  const [ownSteps, otherSteps] = [await started(own, cycle), await started(other, cycle)];
  const ours: number[] = [];
  const theirs: number[] = [];
  for (let i = 0; i < rounds; i++) {
    theirs.push(await timed(other, otherSteps));
    ours.push(await timed(own, ownSteps));
  }
  own.dispose();
  other.dispose();
  return {
    against,
    ...(atMost !== undefined && { atMost }),
    nanoseconds: (1e6 * median(ours)) / own.parameters,
    ratio: median(ours) / median(theirs),
  };
}
