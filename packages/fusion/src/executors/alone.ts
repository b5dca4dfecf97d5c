// SPDX-License-Identifier: Apache-2.0

/** Whether no other input has the data of the one at `target`: one tensor may be given under two names. */
export function isAlone(data: readonly object[], target: number): boolean {
  const own = data[target]!;
  return data.indexOf(own) === data.lastIndexOf(own);
}
