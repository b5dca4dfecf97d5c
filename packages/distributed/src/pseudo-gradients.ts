// SPDX-License-Identifier: Apache-2.0
// Pseudo-gradients on the host, where all workers compute alike. Plain loops: there are many numbers.

/** Where a worker started minus where it went. */
export function changeOf(start: readonly Float32Array[], reached: readonly Float32Array[]): Float32Array[] {
  return start.map((from, v) => difference(from, reached[v]!));
}

/** The means of the pseudo-gradients of several workers, summed in float64 in their order. */
export function meansOf(lists: readonly (readonly Float32Array[])[]): Float32Array[] {
  return lists[0]!.map((_first, v) => mean(lists.map((list) => list[v]!)));
}

function difference(from: Float32Array, to: Float32Array): Float32Array {
  const values = new Float32Array(from.length);
  for (let i = 0; i < values.length; i++) values[i] = from[i]! - to[i]!;
  return values;
}

function mean(arrays: readonly Float32Array[]): Float32Array {
  const means = new Float32Array(arrays[0]!.length);
  for (let i = 0; i < means.length; i++) {
    let sum = 0;
    for (let w = 0; w < arrays.length; w++) sum += arrays[w]![i]!;
    means[i] = sum / arrays.length;
  }
  return means;
}
