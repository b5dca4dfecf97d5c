// SPDX-License-Identifier: Apache-2.0
// Kernels that go through a matrix row by row.

import { f64, f64x2, get, i32, type Routine } from './emitter.js';
import { along, blocks, define, fold, move, zero } from './routine.js';

export function dots(): Routine {
  const [made, { rows, n, a, aRow, x, y, row, at }] = define(
    'dots',
    { rows: 'count', n: 'place', a: 'place', aRow: 'place', x: 'place', y: 'place' },
    ['row', 'at'],
  );
  const [pointers, pairs, singles] = [made.more(4, 'i32'), made.more(4, 'v128'), made.more(4, 'f64')];
  const [wide, narrow] = [made.local('v128'), made.local('f64')];
  blocks(made, row, rows, 4, 1, (count) => {
    for (const r of Array(count).keys()) {
      made.set(pointers[r]!, get(a));
      move(made, a, aRow);
      made.set(pairs[r]!, zero);
      made.set(singles[r]!, f64.constant(0));
    }
    along(made, at, n, (isWide) => {
      const [numbers, factor, sums] = isWide
        ? ([f64x2, wide, pairs] as const)
        : ([f64, narrow, singles] as const);
      made.set(factor, numbers.load(0, i32.add(get(x), get(at))));
      for (const r of Array(count).keys()) {
        const product = numbers.mul(get(factor), numbers.load(0, i32.add(get(pointers[r]!), get(at))));
        made.set(sums[r]!, numbers.add(get(sums[r]!), product));
      }
    });
    for (const r of Array(count).keys()) {
      made.emit(f64.store(8 * r, get(y), f64.add(fold(pairs[r]!), get(singles[r]!))));
    }
    made.set(y, i32.add(get(y), i32.constant(8 * count)));
  });
  return made;
}

export function reflect(): Routine {
  const [made, { rows, n, a, aRow, v, tau, row, at }] = define(
    'reflect',
    { rows: 'count', n: 'place', a: 'place', aRow: 'place', v: 'place', tau: 'number' },
    ['row', 'at'],
  );
  const [pair, single, factor] = [made.local('v128'), made.local('f64'), made.local('v128')];
  const [here, there] = [i32.add(get(a), get(at)), i32.add(get(v), get(at))];
  made.loop(row, get(rows), i32.constant(1), () => {
    made.set(pair, zero);
    made.set(single, f64.constant(0));
    along(made, at, n, (isWide) => {
      const [numbers, sum] = isWide ? ([f64x2, pair] as const) : ([f64, single] as const);
      made.set(sum, numbers.add(get(sum), numbers.mul(numbers.load(0, here), numbers.load(0, there))));
    });
    made.set(single, f64.mul(get(tau), f64.add(get(single), fold(pair))));
    made.set(factor, f64x2.splat(get(single)));
    along(made, at, n, (isWide) => {
      const [numbers, s] = isWide ? ([f64x2, factor] as const) : ([f64, single] as const);
      const product = numbers.mul(get(s), numbers.load(0, there));
      made.emit(numbers.store(0, here, numbers.sub(numbers.load(0, here), product)));
    });
    move(made, a, aRow);
  });
  return made;
}

export function sweep(): Routine {
  const [made, { n, a, aRow, v, w, x, y, row, at }] = define(
    'sweep',
    { n: 'place', a: 'place', aRow: 'place', v: 'place', w: 'place', x: 'place', y: 'place' },
    ['row', 'at'],
  );
  const [pointers, pairs, singles] = [made.more(2, 'i32'), made.more(2, 'v128'), made.more(2, 'f64')];
  const factors = { wide: made.more(4, 'v128'), narrow: made.more(4, 'f64') };
  const operands = { wide: made.more(4, 'v128'), narrow: made.more(4, 'f64') };
  blocks(made, row, n, 2, 8, (count) => {
    for (const r of Array(count).keys()) {
      made.set(pointers[r]!, get(a));
      move(made, a, aRow);
      made.set(pairs[r]!, zero);
      made.set(singles[r]!, f64.constant(0));
      for (const [part, from] of [v, w].entries()) {
        made.set(factors.narrow[2 * r + part]!, f64.load(8 * r, i32.add(get(from), get(row))));
        made.set(factors.wide[2 * r + part]!, f64x2.splat(get(factors.narrow[2 * r + part]!)));
      }
    }
    along(made, at, n, (isWide) => {
      const [numbers, sums] = isWide ? ([f64x2, pairs] as const) : ([f64, singles] as const);
      const factor = isWide ? factors.wide : factors.narrow;
      const [vj, wj, xj, value] = (isWide ? operands.wide : operands.narrow) as [
        number,
        number,
        number,
        number,
      ];
      made.set(vj, numbers.load(0, i32.add(get(v), get(at))));
      made.set(wj, numbers.load(0, i32.add(get(w), get(at))));
      made.set(xj, numbers.load(0, i32.add(get(x), get(at))));
      for (const r of Array(count).keys()) {
        const here = i32.add(get(pointers[r]!), get(at));
        const [byW, byV] = [
          numbers.mul(get(factor[2 * r]!), get(wj)),
          numbers.mul(get(factor[2 * r + 1]!), get(vj)),
        ];
        made.set(value, numbers.sub(numbers.sub(numbers.load(0, here), byW), byV));
        made.emit(numbers.store(0, here, get(value)));
        made.set(sums[r]!, numbers.add(get(sums[r]!), numbers.mul(get(value), get(xj))));
      }
    });
    for (const r of Array(count).keys()) {
      const sum = f64.add(fold(pairs[r]!), get(singles[r]!));
      made.emit(f64.store(8 * r, i32.add(get(y), get(row)), sum));
    }
  });
  return made;
}
