// SPDX-License-Identifier: Apache-2.0
// The arctangent where it is nearly linear.

/** tan(π/8): up to here the polynomial goes; the rest of an eighth is that of (t − 1)/(t + 1), and π/4. */
export const tangentOfEighth: number = Math.SQRT2 - 1;

/** atan(t)/t by t², for |t| up to tan(π/8), to 6e-10: interpolated at the points of Chebyshev. */
export const arctangent: readonly number[] = [
  0.999999999392, -0.333333074934, 0.199982107975, -0.142399829185, 0.105728144751, -0.0603324170136,
];
