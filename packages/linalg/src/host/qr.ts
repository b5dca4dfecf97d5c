// SPDX-License-Identifier: Apache-2.0

import { flag, resolveOptions, type OptionTable } from '@optim/options';
import { checkHostMatrix } from '../checks.js';
import { inWorkspace, pitch } from '../kernels/workspace.js';
import { accumulate, applyBlock, blockMemory, blockSize, reflector } from './householder.js';
import { matrix, scaleOf, undefinedMatrix, type Matrix } from './matrix.js';

/** Options of {@link hostQR} and of its form for tensors. */
export interface QROptions {
  /**
   * Q with all its m columns, and R with m rows.
   * @defaultValue false: the first min(m, n) of them, which is all that the product needs
   */
  complete?: boolean;
}

export const qrOptions: OptionTable<QROptions> = { complete: /* #__PURE__ */ flag(false) };

/**
 * A = Q·R by blocked Householder reflections, in float64: QᵀQ = I, R upper triangular.
 *
 * The diagonal of R is not negative, so that the decomposition of a matrix of full column rank is the only
 * one. Q is orthogonal to machine precision whatever the rank of A. NaN or infinite elements give matrices of
 * NaN.
 * @param a - [m, n]
 * @returns Q [m, k] and R [k, n] with k = min(m, n), or k = m if `complete`
 */
export function hostQR(a: Matrix, options: QROptions = {}): { q: Matrix; r: Matrix } {
  checkHostMatrix('hostQR', 'a', a);
  const { complete } = resolveOptions('hostQR', qrOptions, options);
  const { rows: m, columns: n } = a;
  const count = Math.min(m, n);
  const k = complete ? m : count;
  const scale = scaleOf(a);
  if (Number.isNaN(scale)) return { q: undefinedMatrix(m, k), r: undefinedMatrix(k, n) };
  const [q, r] = [matrix(m, k), matrix(k, n)];
  const width = Math.max(n, k);
  const [aRow, qRow, vRow] = [pitch(n), pitch(k), pitch(m)];
  const size = m * aRow + count * m + count * vRow + m * qRow + count + blockMemory(width);
  inWorkspace(size, (space) => {
    const { kernels, data } = space;
    const [at, panels, v] = [space.take(m * aRow), space.take(count * m), space.take(count * vRow)];
    const [tau, scratch] = [space.take(count), space.take(blockMemory(width))];
    for (let i = 0; i < m; i++)
      for (let j = 0; j < n; j++) data[at + i * aRow + j] = a.data[i * n + j]! * scale;
    for (let from = 0; from < count; from += blockSize) {
      const size = Math.min(blockSize, count - from);
      const length = m - from;
      // The columns of the panel as rows, from the diagonal on.
      for (let i = 0; i < length; i++) {
        const row = at + (from + i) * aRow + from;
        for (let j = 0; j < size; j++) data[panels + j * length + i] = data[row + j]!;
      }
      for (let j = 0; j < size; j++) {
        const column = panels + j * length;
        const here = v + (from + j) * vRow + from + j;
        data.copyWithin(here, column + j, column + length);
        const [beta, t] = reflector(space, here, length - j);
        [data[tau + from + j], data[column + j]] = [t, beta];
        kernels.reflect(size - j - 1, length - j, column + length + j, length, here, t);
      }
      for (let j = 0; j < size; j++) {
        for (let i = 0; i <= j; i++) data[at + (from + i) * aRow + from + j] = data[panels + j * length + i]!;
      }
      const block = { count: size, n: length, v: v + from * vRow + from, row: vRow, tau: tau + from };
      const next = from + size;
      applyBlock(space, block, at + from * aRow + next, aRow, n - next, scratch, true);
    }
    const to = space.take(m * qRow);
    accumulate(space, { count, n: m, v, row: vRow, tau }, to, qRow, k, scratch, 0);
    for (let i = 0; i < count; i++) {
      const sign = data[at + i * aRow + i]! < 0 ? -1 : 1;
      for (let j = i; j < n; j++) r.data[i * n + j] = (sign * data[at + i * aRow + j]!) / scale;
      if (sign < 0) for (let j = 0; j < m; j++) data[to + j * qRow + i] = -data[to + j * qRow + i]!;
    }
    for (let i = 0; i < m; i++) q.data.set(data.subarray(to + i * qRow, to + i * qRow + k), i * k);
  });
  return { q, r };
}
