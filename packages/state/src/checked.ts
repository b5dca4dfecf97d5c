// SPDX-License-Identifier: Apache-2.0

/** A state that has been found to fit. */
export interface Checked {
  /** Puts it in the place of the state there is. */
  commit(): void | Promise<void>;
  /** Frees it, when it is not wanted after all. */
  drop(): void;
}
