// SPDX-License-Identifier: Apache-2.0

import type { Kernels } from './kernels.js';

/** The kernels in plain JavaScript, where WebAssembly is missing or forbidden, on the numbers of `memory`. */
export function scriptKernels(memory: Float64Array): Kernels {
  const m = memory;

  function dot(n: number, a: number, b: number): number {
    let [s, t] = [0, 0];
    let i = 0;
    for (; i + 1 < n; i += 2) {
      s += m[a + i]! * m[b + i]!;
      t += m[a + i + 1]! * m[b + i + 1]!;
    }
    return i < n ? s + t + m[a + i]! * m[b + i]! : s + t;
  }

  return {
    gemm(rows, n, k, alpha, a, aRow, aColumn, b, bRow, c, cRow) {
      for (let i = 0; i < rows; i++) {
        const to = c + i * cRow;
        let p = 0;
        // Four rows of B at a time: C is read and written once for all of them.
        for (; p + 3 < k; p += 4) {
          const at = a + i * aRow + p * aColumn;
          const x0 = alpha * m[at]!;
          const x1 = alpha * m[at + aColumn]!;
          const x2 = alpha * m[at + 2 * aColumn]!;
          const x3 = alpha * m[at + 3 * aColumn]!;
          const b0 = b + p * bRow;
          const [b1, b2, b3] = [b0 + bRow, b0 + 2 * bRow, b0 + 3 * bRow];
          for (let j = 0; j < n; j++) {
            m[to + j]! += x0 * m[b0 + j]! + x1 * m[b1 + j]! + x2 * m[b2 + j]! + x3 * m[b3 + j]!;
          }
        }
        for (; p < k; p++) {
          const x = alpha * m[a + i * aRow + p * aColumn]!;
          for (let j = 0; j < n; j++) m[to + j]! += x * m[b + p * bRow + j]!;
        }
      }
    },
    dots(rows, n, a, aRow, x, y) {
      for (let r = 0; r < rows; r++) m[y + r] = dot(n, a + r * aRow, x);
    },
    reflect(rows, n, a, aRow, v, tau) {
      for (let r = 0; r < rows; r++) {
        const row = a + r * aRow;
        const s = tau * dot(n, row, v);
        for (let j = 0; j < n; j++) m[row + j]! -= s * m[v + j]!;
      }
    },
    sweep(n, a, aRow, v, w, x, y) {
      for (let i = 0; i < n; i++) {
        const row = a + i * aRow;
        const [vi, wi] = [m[v + i]!, m[w + i]!];
        let s = 0;
        for (let j = 0; j < n; j++) {
          const value = m[row + j]! - vi * m[w + j]! - wi * m[v + j]!;
          m[row + j] = value;
          s += value * m[x + j]!;
        }
        m[y + i] = s;
      }
    },
    rotate(n, count, z, zRow, cs) {
      for (let r = 0; r < count; r++) {
        const [c, s] = [m[cs + 2 * r]!, m[cs + 2 * r + 1]!];
        const p = z + r * zRow;
        const q = p + zRow;
        for (let j = 0; j < n; j++) {
          const [x, y] = [m[p + j]!, m[q + j]!];
          m[p + j] = s * y + c * x;
          m[q + j] = c * y - s * x;
        }
      }
    },
  };
}
