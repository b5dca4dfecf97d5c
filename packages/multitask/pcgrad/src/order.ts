// SPDX-License-Identifier: Apache-2.0
// The order in which each task meets the others.

import { draw } from '@optim/fusion';

/** For every task the others, by index, in the order in which it meets them. */
export type TaskOrder = readonly (readonly number[])[];

/** A random order: of `seed` and step where there is a seed, else another one each time. */
export function randomOrder(tasks: number, seed: number | null, step: number): TaskOrder {
  const size = tasks * tasks;
  const draws =
    seed === null ? Array.from({ length: size }, Math.random) : draw('uniform', size, [seed, step, 0]);
  const indices = Array.from({ length: tasks }, (_, i) => i);
  return indices.map((i) =>
    indices.filter((j) => j !== i).sort((a, b) => draws[i * tasks + a]! - draws[i * tasks + b]!),
  );
}

/** @throws RangeError unless it has a list for every task with each other one once */
export function checkOrder(order: TaskOrder, tasks: number): void {
  const refuse = (constraint: string, got: unknown): never => {
    throw new RangeError(`PCGrad: order must ${constraint}, got ${JSON.stringify(got)}`);
  };
  if (!Array.isArray(order) || order.length !== tasks)
    refuse(`have a list for each of ${tasks} tasks`, order);
  order.forEach((others, i) => {
    const sorted = Array.isArray(others) ? [...others].sort((a, b) => a - b) : [];
    const want = Array.from({ length: tasks }, (_, j) => j).filter((j) => j !== i);
    if (String(sorted) !== String(want)) refuse(`list for task ${i} each other task once`, others);
  });
}
