// SPDX-License-Identifier: Apache-2.0

/**
 * The inner loops of the decompositions, on float64 numbers in one memory.
 *
 * Positions and strides count numbers, not bytes. Matrices are row-major: consecutive numbers of a row are
 * neighbours, `…Row` is the distance between rows.
 */
export interface Kernels {
  /**
   * C ← C + alpha·A·B for A [m, k], B [k, n], C [m, n], which must not overlap. The elements of A may have
   * any distance in both directions, so that A may be a transposed matrix.
   */
  gemm(
    m: number,
    n: number,
    k: number,
    alpha: number,
    a: number,
    aRow: number,
    aColumn: number,
    b: number,
    bRow: number,
    c: number,
    cRow: number,
  ): void;
  /** y_r ← a_r·x for each row a_r of A [rows, n]. */
  dots(rows: number, n: number, a: number, aRow: number, x: number, y: number): void;
  /** a_r ← a_r − tau·(a_r·v)·v for each row a_r of A [rows, n]: a Householder reflection from the right. */
  reflect(rows: number, n: number, a: number, aRow: number, v: number, tau: number): void;
  /** A ← A − v·wᵀ − w·vᵀ and then y ← A·x, for A [n, n], in one pass. */
  sweep(n: number, a: number, aRow: number, v: number, w: number, x: number, y: number): void;
  /**
   * Rotates neighbouring rows of length n, one pair after the other. With p the row at `z`, q the next one
   * (`zRow` away, which may be negative), and (c, s) the next pair of numbers at `cs`: p ← s·q + c·p, q ← c·q
   * − s·p; then q is the next p.
   */
  rotate(n: number, count: number, z: number, zRow: number, cs: number): void;
}
