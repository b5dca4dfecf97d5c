// SPDX-License-Identifier: Apache-2.0

import { real, resolveOptions, type OptionTable } from '@optim/options';
import { ridge } from '../checks.js';
import { inWorkspace, pitch } from '../kernels/workspace.js';
import { hostEigh } from './eigen.js';
import { checkSquare, matrix, type Matrix } from './matrix.js';

/** Options of {@link hostInverseRoot} and of its forms for tensors. */
export interface RootOptions {
  /** The order p of the root, positive: 2 for the inverse square root. */
  power: number;
  /**
   * ε, added to the diagonal.
   * @defaultValue 0
   */
  ridge?: number;
  /**
   * ε relative to the largest eigenvalue: ε·max(λmax, 1e-25) is added to the diagonal.
   * @defaultValue 0
   */
  relativeRidge?: number;
}

/** What a ridge is relative to when there is no larger eigenvalue. */
export const smallestScale = 1e-25;

export const rootOptions: OptionTable<RootOptions> = {
  power: /* #__PURE__ */ real('(0, ∞)'),
  ridge: /* #__PURE__ */ ridge(0),
  relativeRidge: /* #__PURE__ */ ridge(0),
};

/**
 * (A + ridge·I)^(−1/p) of a symmetric positive semidefinite matrix, from its eigenvalues, in float64.
 *
 * Eigenvalues that rounding made negative count as zero, so that none is below the ridge. Where an eigenvalue
 * is not positive even with the ridge, there is no root: the result is NaN. So it is for NaN or infinite
 * elements. The result is symmetric to the last bit.
 * @param a - [n, n], of which the symmetric part is taken
 */
export function hostInverseRoot(a: Matrix, options: RootOptions): Matrix {
  checkSquare('hostInverseRoot', a);
  const { power, ridge, relativeRidge } = resolveOptions('hostInverseRoot', rootOptions, options);
  const { values, vectors } = hostEigh(a);
  const n = a.rows;
  const row = pitch(n);
  const root = matrix(n, n);
  const added = ridge + relativeRidge * Math.max(values[0]!, smallestScale);
  // Half of the power on each side, which makes the product symmetric.
  const halves = values.map((value) => {
    const eigenvalue = Math.max(value, 0) + added;
    return eigenvalue > 0 ? eigenvalue ** (-0.5 / power) : NaN;
  });
  inWorkspace(2 * n * row, (space) => {
    const [at, to] = [space.take(n * row), space.take(n * row)];
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < n; j++) space.data[at + j * row + i] = vectors.data[i * n + j]! * halves[j]!;
    }
    space.kernels.gemm(n, n, n, 1, at, 1, row, at, row, to, row);
    for (let i = 0; i < n; i++) root.data.set(space.data.subarray(to + i * row, to + i * row + n), i * n);
  });
  return root;
}
