// SPDX-License-Identifier: Apache-2.0
// A parameter whose learning rate is 0 stays where it is. In numbers that all parameters share, it does not count.

import { where, type Expression } from '@optim/fusion';

/** A step in which the learning rate of all parameters is 0 is none: the `pauses` of a rule. */
export const pauses = ({ learningRate }: { readonly learningRate: number }): boolean => learningRate === 0;

/** Sums over a parameter, for numbers that all parameters share: 0 where its learning rate is 0. */
export function unlessFrozen<K extends string>(
  learningRate: Expression,
  sums: Readonly<Record<K, Expression>>,
): Record<K, Expression> {
  const counted = Object.entries<Expression>(sums).map(([name, sum]) => [
    name,
    where(learningRate.greater(0), sum, 0),
  ]);
  return Object.fromEntries(counted) as Record<K, Expression>;
}
