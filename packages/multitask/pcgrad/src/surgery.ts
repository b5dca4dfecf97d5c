// SPDX-License-Identifier: Apache-2.0
// The merged gradient as a rule: products of all gradients in a round, then a share of each.

import { round, type Recurrence } from '@optim/core/authoring';
import { constant, where, type Expression } from '@optim/fusion';
import type { TaskOrder } from './order.js';

/** How the gradients of tasks are added up. */
export type Reduction = 'sum' | 'mean';

/** Options of {@link PCGrad}. */
export interface PCGradOptions {
  /** Whether the gradients of shared parameters are added up or averaged, after the projections. @defaultValue `'sum'` */
  reduction?: Reduction;
  /** Makes the order in which tasks meet repeatable; `null` for another one in every run. @defaultValue `null` */
  seed?: number | null;
}

/** The name by which the rule is given the gradient of a task; every rule is given one as `grad`. */
export const gradientOf = (task: number): string => (task === 0 ? 'grad' : `grad${task}`);

const product = (i: number, j: number): string => `product${Math.min(i, j)}with${Math.max(i, j)}`;
const share = (task: number): string => `share${task}`;
/** 1 if `j` is the task that `i` meets at that turn, else 0: another order is other numbers for the same kernel. */
const meets = (i: number, turn: number, j: number): string => `task${i}at${turn}meets${j}`;

const indices = (count: number): number[] => Array.from({ length: count }, (_, i) => i);
const sumOf = (terms: readonly Expression[]): Expression => terms.reduce((sum, term) => sum.add(term));

type Values = Readonly<Record<string, Expression>>;

/** How much of each gradient is in that of task `i` after the projections, with the products of all of them. */
function projected(i: number, tasks: number, products: Values, known: Values): Expression[] {
  const among = (j: number, k: number): Expression => products[product(j, k)]!;
  const others = indices(tasks).filter((j) => j !== i);
  const shares = indices(tasks).map((k) => constant(k === i ? 1 : 0));
  for (const turn of others.keys()) {
    const isMet = (j: number): Expression => known[meets(i, turn, j)]!;
    const met = (of: (j: number) => Expression): Expression => sumOf(others.map((j) => isMet(j).mul(of(j))));
    const dot = sumOf(shares.map((c, k) => c.mul(met((j) => among(k, j)))));
    const taken = where(dot.less(0), dot.div(met((j) => among(j, j))), 0);
    for (const j of others) shares[j] = shares[j]!.sub(isMet(j).mul(taken));
  }
  return shares;
}

/** @param order - that of the step at hand */
export function surgery(
  order: () => TaskOrder,
): Recurrence<PCGradOptions, string, Record<string, number | string>> {
  return {
    returns: ['merged'],
    coefficients() {
      const now = order();
      const numbers = now.flatMap((others, i) =>
        others.flatMap((met, turn) => others.map((j) => [meets(i, turn, j), j === met ? 1 : 0])),
      );
      return { tasks: String(now.length), ...(Object.fromEntries(numbers) as Record<string, number>) };
    },
    rounds: () => [
      round({
        observe(tensors, { tasks }) {
          const all = indices(Number(tasks)).map((i) => tensors[gradientOf(i)]!);
          const products = all.flatMap((g, i) =>
            all.slice(i).map((other, k) => [product(i, i + k), g.mul(other).sum()] as const),
          );
          return Object.fromEntries(products);
        },
        combine(products, known) {
          const tasks = Number(known['tasks']);
          const rows = indices(tasks).map((i) => projected(i, tasks, products, known as unknown as Values));
          const scale = known.reduction === 'mean' ? 1 / tasks : 1;
          return Object.fromEntries(
            indices(tasks).map((j) => [share(j), sumOf(rows.map((row) => row[j]!)).mul(scale)]),
          );
        },
      }),
    ],
    update(tensors, known) {
      const terms = indices(Number(known['tasks'])).map((i) =>
        tensors[gradientOf(i)]!.mul((known as unknown as Values)[share(i)]!),
      );
      return { merged: sumOf(terms) };
    },
  };
}
