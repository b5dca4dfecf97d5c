// SPDX-License-Identifier: Apache-2.0

/** A step in which the learning rate of all parameters is 0 is none: the `pauses` of a rule. */
export const pauses = ({ learningRate }: { readonly learningRate: number }): boolean => learningRate === 0;
