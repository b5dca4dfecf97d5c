// SPDX-License-Identifier: Apache-2.0

import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { bytesOf, framed, hashOf, numbersOf, unframed } from '../src/wire.js';

const float = fc.float({ noNaN: true, noDefaultInfinity: true });
const arrays = fc.array(fc.array(float).map((values) => Float32Array.from(values)));

it('numbers come back: all bits of float32, the nearest bfloat16', () => {
  fc.assert(
    fc.property(arrays, (given) => {
      const sizes = given.map(({ length }) => length);
      expect(numbersOf(bytesOf(given, 'float32'), sizes, 'float32')).toEqual(given);
      const rounded = numbersOf(bytesOf(given, 'bfloat16'), sizes, 'bfloat16');
      if (!rounded) return given.flat().some((values) => values.some((x) => Math.abs(x) > 3.3e38));
      return rounded.every((values, i) =>
        values.every((x, j) => Math.abs(x - given[i]![j]!) <= Math.abs(given[i]![j]!) / 256 + 1e-40),
      );
    }),
  );
  // 1 + 1/256 lies between two: to the even one. Above that, up.
  const halves = bytesOf([Float32Array.of(1 + 1 / 256, 1 + 3 / 256, 1 + 1.01 / 256)], 'bfloat16');
  expect([...numbersOf(halves, [3], 'bfloat16')![0]!]).toEqual([1, 1 + 4 / 256, 1 + 2 / 256]);
});

it('numbers that are too few, too many or not finite are refused', () => {
  const bytes = bytesOf([Float32Array.of(1, 2)], 'float32');
  expect(numbersOf(bytes, [3], 'float32')).toBeNull();
  expect(numbersOf(bytes, [1], 'float32')).toBeNull();
  expect(numbersOf(bytesOf([Float32Array.of(1, Infinity)], 'float32'), [2], 'float32')).toBeNull();
});

it('messages come back from any place in a buffer; another byte is another fingerprint', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.uint8Array(), fc.nat(7), fc.nat(), (header, data, offset, at) => {
      const message = framed({ header }, data);
      const buffer = new Uint8Array(offset + message.length);
      buffer.set(message, offset);
      const read = unframed(buffer.subarray(offset))!;
      expect(read.header).toEqual(JSON.parse(JSON.stringify({ header })));
      expect([...read.data]).toEqual([...data]);
      const changed = message.slice();
      changed[at % changed.length]! ^= 1;
      expect(hashOf(changed)).not.toBe(hashOf(message));
      expect(hashOf(buffer.subarray(offset))).toBe(hashOf(message));
      return unframed(message.subarray(0, 3)) === null;
    }),
  );
});
