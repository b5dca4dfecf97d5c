// SPDX-License-Identifier: Apache-2.0
// Pseudo-gradients on the host, where all workers compute alike.

/** Where a worker started minus where it went. */
export function changeOf(start: readonly Float32Array[], reached: readonly Float32Array[]): Float32Array[] {
  return start.map((from, v) => from.map((value, i) => value - reached[v]![i]!));
}

/** The means of the pseudo-gradients of several workers, summed in float64 in their order. */
export function meansOf(lists: readonly (readonly Float32Array[])[]): Float32Array[] {
  return lists[0]!.map((first, v) => {
    const sums = new Float64Array(first.length);
    for (const list of lists) list[v]!.forEach((value, i) => (sums[i]! += value));
    return Float32Array.from(sums, (sum) => sum / lists.length);
  });
}
