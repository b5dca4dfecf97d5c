// SPDX-License-Identifier: Apache-2.0

declare module 'mnist' {
  /** The images of one digit, 28 x 28 grey levels from 0 to 1 each, one after the other. */
  interface Images {
    readonly raw: readonly number[];
    readonly length: number;
  }
  const mnist: Readonly<Record<number, Images>>;
  export default mnist;
}
