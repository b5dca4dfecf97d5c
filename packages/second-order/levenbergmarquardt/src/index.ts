// SPDX-License-Identifier: Apache-2.0
// Levenberg, Quart. Appl. Math. 2, 1944; Marquardt, SIAM J. Appl. Math. 11, 1963; Hagan, Menhaj, IEEE Trans. Neural Networks 5, 1994.
// Written from the literature.

/**
 * Levenberg–Marquardt: damped Gauss–Newton steps for least squares.
 *
 * @packageDocumentation
 */

export { fitLeastSquares, type FitOptions } from './fit.js';
export { LevenbergMarquardt } from './levenberg-marquardt.js';
export type { LevenbergMarquardtOptions, Linearized } from './options.js';
