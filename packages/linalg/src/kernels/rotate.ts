// SPDX-License-Identifier: Apache-2.0

import { f64, f64x2, get, i32, type Routine } from './emitter.js';
import { define, move } from './routine.js';

/** Rotations of neighbouring rows, one strip of columns after the other. */
export function rotate(): Routine {
  const [made, { n, count, z, zRow, cs, at, p, pair, end }] = define(
    'rotate',
    { n: 'place', count: 'count', z: 'place', zRow: 'place', cs: 'place' },
    ['at', 'p', 'pair', 'end'],
  );
  const wide = {
    carried: made.more(4, 'v128'),
    c: made.local('v128'),
    s: made.local('v128'),
    q: made.local('v128'),
  };
  const narrow = {
    carried: made.more(1, 'f64'),
    c: made.local('f64'),
    s: made.local('f64'),
    q: made.local('f64'),
  };
  made.set(end, i32.add(get(cs), i32.shl(get(count), i32.constant(4))));
  made.set(at, i32.constant(0));
  // Strips of eight columns, of two, and single ones: a row's part is carried from one rotation to the next.
  for (const width of [4, 1, 0]) {
    const size = width === 0 ? 8 : 16 * width;
    const numbers = width === 0 ? f64 : f64x2;
    const { carried, c, s, q } = width === 0 ? narrow : wide;
    const parts = carried.slice(0, Math.max(width, 1));
    made.loop(at, i32.sub(get(n), i32.constant(size - 8)), i32.constant(size), () => {
      made.set(p, i32.add(get(z), get(at)));
      for (const [i, part] of parts.entries()) made.set(part, numbers.load(16 * i, get(p)));
      made.set(pair, get(cs));
      made.loop(pair, get(end), i32.constant(16), () => {
        made.set(c, width === 0 ? f64.load(0, get(pair)) : f64x2.loadSplat(0, get(pair)));
        made.set(s, width === 0 ? f64.load(8, get(pair)) : f64x2.loadSplat(8, get(pair)));
        for (const [i, part] of parts.entries()) {
          made.set(q, numbers.load(16 * i, i32.add(get(p), get(zRow))));
          const rotated = numbers.add(numbers.mul(get(s), get(q)), numbers.mul(get(c), get(part)));
          made.emit(numbers.store(16 * i, get(p), rotated));
          made.set(part, numbers.sub(numbers.mul(get(c), get(q)), numbers.mul(get(s), get(part))));
        }
        move(made, p, zRow);
      });
      for (const [i, part] of parts.entries()) made.emit(numbers.store(16 * i, get(p), get(part)));
    });
  }
  return made;
}
