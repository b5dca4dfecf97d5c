// SPDX-License-Identifier: Apache-2.0

import { f64, f64x2, get, i32, type Bytes, type Routine } from './emitter.js';
import { blocks, define, move, zero } from './routine.js';

/** C ← C + alpha·A·B, in tiles of four rows and four columns. */
export function gemm(): Routine {
  const [made, { m, n, k, alpha, a, aRow, aColumn, b, bRow, c, cRow, ...local }] = define(
    'gemm',
    {
      ...({ m: 'count', n: 'place', k: 'count', alpha: 'number', a: 'place', aRow: 'place' } as const),
      ...({ aColumn: 'place', b: 'place', bRow: 'place', c: 'place', cRow: 'place' } as const),
    },
    ['column', 'left', 'row', 'packed', 'end', 'from', 'to'],
  );
  const { column, left, row, packed, end, from, to } = local;
  const rows = made.more(4, 'i32');
  const [b0, b1, x] = made.more(3, 'v128') as [number, number, number];
  const sums = made.more(8, 'v128');
  const isWide = i32.ge(get(left), i32.constant(32));
  const has = (t: number): Bytes => i32.lt(i32.constant(8 * t), get(left));

  made.set(end, i32.shl(get(k), i32.constant(5)));
  made.loop(column, get(n), i32.constant(32), () => {
    made.set(left, i32.sub(get(n), get(column)));
    // Four columns of B, one after the other in memory; what is beyond the last column is zero.
    made.set(from, i32.add(get(b), get(column)));
    made.set(packed, i32.constant(0));
    made.loop(packed, get(end), i32.constant(32), () => {
      made.when(
        isWide,
        () => {
          for (const at of [0, 16]) made.emit(f64x2.store(at, get(packed), f64x2.load(at, get(from))));
        },
        () => {
          for (const t of [0, 1, 2, 3]) {
            const put = (value: Bytes) => () => made.emit(f64.store(8 * t, get(packed), value));
            made.when(has(t), put(f64.load(8 * t, get(from))), put(f64.constant(0)));
          }
        },
      );
      move(made, from, bRow);
    });
    made.set(from, get(a));
    made.set(to, i32.add(get(c), get(column)));
    blocks(made, row, m, 4, 1, (count) => {
      const tile = rows.slice(0, count);
      for (const pointer of tile) {
        made.set(pointer, get(from));
        move(made, from, aRow);
      }
      for (const sum of sums.slice(0, 2 * count)) made.set(sum, zero);
      made.set(packed, i32.constant(0));
      made.loop(packed, get(end), i32.constant(32), () => {
        made.set(b0, f64x2.load(0, get(packed)));
        made.set(b1, f64x2.load(16, get(packed)));
        for (const [r, pointer] of tile.entries()) {
          made.set(x, f64x2.loadSplat(0, get(pointer)));
          move(made, pointer, aColumn);
          for (const [half, part] of [b0, b1].entries()) {
            const sum = sums[2 * r + half]!;
            made.set(sum, f64x2.add(get(sum), f64x2.mul(get(x), get(part))));
          }
        }
      });
      for (const r of tile.keys()) {
        made.when(
          isWide,
          () => {
            for (const half of [0, 1]) {
              const product = f64x2.mul(get(sums[2 * r + half]!), f64x2.splat(get(alpha)));
              const at = 16 * half;
              made.emit(f64x2.store(at, get(to), f64x2.add(f64x2.load(at, get(to)), product)));
            }
          },
          () => {
            for (const t of [0, 1, 2, 3]) {
              const product = f64.mul(f64x2.lane((t % 2) as 0 | 1, get(sums[2 * r + (t >> 1)]!)), get(alpha));
              made.when(has(t), () =>
                made.emit(f64.store(8 * t, get(to), f64.add(f64.load(8 * t, get(to)), product))),
              );
            }
          },
        );
        move(made, to, cRow);
      }
    });
  });
  return made;
}
