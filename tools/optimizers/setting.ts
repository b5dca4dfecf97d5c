// SPDX-License-Identifier: Apache-2.0

/** The digits and epochs of a trial. */
export const setting = {
  counts: { train: 4000, test: 1000 },
  training: { epochs: 10, batchSize: 64, seed: 1 },
} as const;
