// SPDX-License-Identifier: Apache-2.0

/**
 * Matrices along the axes of a tensor, for rules: what methods with a Kronecker-factored preconditioner are made of. An axis
 * that is too long for a matrix has a diagonal in its place.
 *
 * - {@link axisSlots}: slots of which there is one for each axis.
 * - {@link gram}, {@link alongAxis}: the statistics of an axis, and a product along it.
 * - {@link matrixRoot}, {@link eigenvectors} and others: decompositions, on the host in float64; on webgpu, which cannot be read
 *   back within a step, on the device.
 *
 * @packageDocumentation
 */

export { alongAxis, axesOf, axisSlots, gram, identity, type Axis, type PerAxis } from './axes.js';
export {
  assertedFinite,
  eigenvectors,
  matrixRoot,
  orthogonalFactor,
  relativeRoots,
  sorted,
  upperInverse,
} from './decompositions.js';
