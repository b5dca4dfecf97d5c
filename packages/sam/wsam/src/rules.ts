// SPDX-License-Identifier: Apache-2.0
// What WSAM makes of the two gradients: a mean with weights, or a step along their difference.

import { round, type Hyper, type Known } from '@optim/core/authoring';
import { constant, lengthOf, squareSums, where, type Expression } from '@optim/fusion';
import { returnsMerged, type Merge, type SAMOptions } from '@optim/sam';

/** Options of {@link WSAM}. */
export interface WSAMOptions extends SAMOptions {
  /** Weight of the sharpness, gamma/(1 − gamma); 0 is the base alone. In [0, 1). @defaultValue `0.9` */
  gamma?: Hyper;
  /** Whether the sharpness has a step of its own after that of the base. @defaultValue `true` */
  decouple?: boolean;
  /** Largest norm of either gradient, over all parameters; `null` for no limit. In (0, ∞). @defaultValue `null` */
  maxNorm?: number | null;
}

/** What the round finds: the factors that clip g and h. */
interface Clips {
  clipG: number;
  clipH: number;
}

type Weighing = Merge<WSAMOptions, never, { w: number }, Clips>;

const coefficients: Weighing['coefficients'] = (_t, { gamma }) => ({ w: gamma / (1 - gamma) });

const clip = (norm: Expression, maxNorm: number): Expression => {
  const ratio = constant(maxNorm).div(norm.add(1e-6));
  return where(ratio.less(1), ratio, 1);
};

const rounds: NonNullable<Weighing['rounds']> = ({ maxNorm }) => [
  maxNorm !== null &&
    round({
      observe({ grad, nearby }) {
        const [g, h] = [squareSums(grad), squareSums(nearby)];
        return { gg: g.squares, gs: g.shrunkSquares, hh: h.squares, hs: h.shrunkSquares };
      },
      combine: ({ gg, gs, hh, hs }) => ({
        clipG: clip(lengthOf({ squares: gg, shrunkSquares: gs }), maxNorm),
        clipH: clip(lengthOf({ squares: hh, shrunkSquares: hs }), maxNorm),
      }),
    }),
];

/** g and h, clipped where there is a limit. */
const clipped = (
  { grad: g, nearby: h }: Record<'grad' | 'nearby', Expression>,
  { maxNorm, clipG, clipH }: Known<WSAMOptions, Clips>,
): { g: Expression; h: Expression } => (maxNorm === null ? { g, h } : { g: g.mul(clipG), h: h.mul(clipH) });

/** The gradient of the base: of the loss alone with `decouple`, else of the loss and its sharpness. */
export const weigh: Weighing = {
  returns: returnsMerged,
  coefficients,
  rounds,
  update(tensors, { decouple, w, ...known }) {
    const { g, h } = clipped(tensors, known as never);
    return { merged: decouple ? g : h.mul(w).add(g.mul(w.complement())) };
  },
};

/**
 * The step along the difference of h and g; `rate` is the learning rate of the base for the parameter. `before` is the parameter
 * before the step of the base: where none has moved, there was no step.
 */
export const sharpen: Merge<WSAMOptions, 'rate' | 'before', { w: number }, Clips & { moved: number }> = {
  coefficients,
  rounds: (options) => [
    ...rounds(options),
    round({
      observe: ({ param, before }) => ({ moved: where(param.equal(before), 0, 1).sum() }),
      combine: ({ moved }) => ({ moved }),
    }),
  ],
  update({ param, rate, before: _, ...tensors }, { w, moved, ...known }) {
    const { g, h } = clipped(tensors, known as never);
    return { param: where(moved.greater(0), param.sub(h.sub(g).mul(rate).mul(w)), param) };
  },
};
