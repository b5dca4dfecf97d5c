// SPDX-License-Identifier: Apache-2.0
// How the scale of the steps is found.

import { round, type Recurrence } from '@optim/core/authoring';
import { copy, nonFinites, zeros } from '@optim/formulas';
import { lengthOf, squareSums, where, type Expression } from '@optim/fusion';

/** Options of {@link Mechanic}. */
export interface MechanicOptions {
  /** β, the memory of each tuner: one to ten. @defaultValue `[0.9, 0.99, 0.999, 0.9999, 0.99999, 0.999999]` */
  betas?: readonly number[];
  /** First scale. @defaultValue `1e-6` */
  sInit?: number;
  /** λ, which draws the scale towards small ones; no weight decay. @defaultValue `0.01` */
  decay?: number;
  /** Added to roots and norms. @defaultValue `1e-8` */
  epsilon?: number;
  /** Limit h to the largest |h| before, as the authors' later version does. @defaultValue `true` */
  clip?: boolean;
  /** Keep Δ in a slot; `false` finds it from p, with few digits while the scale is small. @defaultValue `true` */
  storeDelta?: boolean;
}

/** The numbers of one tuner; as globals each has its index behind. */
const numbersOfTuner = ['s', 'r', 'm', 'v'] as const;
type Numbers<T> = Record<(typeof numbersOfTuner)[number], T>;

/** S is the sum of all s, `last` that before the step. */
type Globals = { S: number; last: number };

/** `param` is q, after the step of the base; `before` is p, before it. */
export type Tuner = Recurrence<MechanicOptions, 'x0' | 'delta' | 'before', object, Globals>;

const indexed = <T>(numbers: Numbers<T>, i: number): Record<string, T> =>
  Object.fromEntries(numbersOfTuner.map((name) => [`${name}${i}`, numbers[name]]));

/** Δ before the step: the slot, or what S made of it. */
function displacement(
  { delta, x0, before }: Readonly<Record<'x0' | 'before', Expression>> & { readonly delta?: Expression },
  S: Expression,
  epsilon: number,
): Expression {
  return delta ?? before.sub(x0).div(S.add(epsilon));
}

/** A tuner after it has seen h. */
function tuned(
  { s, r, m, v }: Numbers<Expression>,
  h: Expression,
  beta: number,
  { betas, sInit, epsilon, clip }: Required<MechanicOptions>,
): Numbers<Expression> {
  const largest = m.mul(beta).maximum(h.abs().add(clip ? epsilon : 0));
  const variance = v.mul(beta * beta).add(h.square());
  const reward = r.mul(beta).sub(s.mul(clip ? h.maximum(m.neg()).minimum(m) : h));
  const won = reward.maximum(0);
  const bet = largest.mul(sInit / betas.length).add(won);
  return { s: bet.div(variance.sqrt().add(epsilon)), r: clip ? reward : won, m: largest, v: variance };
}

export const tune: Tuner = {
  slots: ({ storeDelta }) => ({ x0: copy, delta: storeDelta && zeros }),
  globals: ({ betas, clip, sInit }) => {
    const first = clip ? { s: sInit, r: 0, m: 0, v: 0 } : { s: 0, r: 0, m: 1e-6, v: 0 };
    return Object.assign({ S: first.s * betas.length }, ...betas.map((_, i) => indexed(first, i)));
  },
  rounds: () => [
    round({
      observe({ grad, ...tensors }, { S, epsilon }) {
        const delta = displacement(tensors, S, epsilon);
        const [g, p] = [squareSums(grad), squareSums(tensors.before)];
        return {
          along: delta.mul(grad).sum(),
          outward: delta.mul(tensors.before).sum(),
          g: g.squares,
          gShrunk: g.shrunkSquares,
          p: p.squares,
          pShrunk: p.shrunkSquares,
          bad: nonFinites(grad),
        };
      },
      combine({ along, outward, g, gShrunk, p, pShrunk, bad }, known) {
        const { S, decay, epsilon, betas } = known;
        const ofG = lengthOf({ squares: g, shrunkSquares: gShrunk });
        const ofP = lengthOf({ squares: p, shrunkSquares: pShrunk });
        const f = S.mul(decay).mul(ofG).div(ofP.add(epsilon));
        const h = along.add(outward.mul(f));
        const globals = known as unknown as Readonly<Record<string, Expression>>;
        const tuners = betas.map((beta, i) => {
          const [s, r, m, v] = numbersOfTuner.map((name) => globals[`${name}${i}`]!);
          const now = { s: s!, r: r!, m: m!, v: v! };
          const next = tuned(now, h, beta, known as never);
          // Gradients that are not finite teach nothing; the base leaves such a step out.
          for (const name of numbersOfTuner) next[name] = where(bad.greater(0), now[name], next[name]);
          return next;
        });
        const sum = tuners.map(({ s }) => s).reduce((all, s) => all.add(s));
        return Object.assign({ S: sum, last: S }, ...tuners.map(indexed));
      },
    }),
  ],
  update({ param, ...tensors }, { S, last, epsilon }) {
    const delta = displacement(tensors, last, epsilon).add(param.sub(tensors.before));
    return { ...(tensors.delta && { delta }), param: tensors.x0.add(delta.mul(S)) };
  },
};
