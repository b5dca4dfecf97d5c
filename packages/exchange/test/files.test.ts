// SPDX-License-Identifier: Apache-2.0
// Files: what is written is read back as it was; what nobody should send is refused, and costs no more than its bytes.

import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readNpz, readSafetensors, writeNpz, writeSafetensors } from '../src/index.js';
import type { Dtype, FileTensor, Numbers } from '../src/index.js';
import { bytesOf, float32Of, numbersOf } from '../src/numbers.js';

const arrays: Readonly<Record<Dtype, (size: number) => fc.Arbitrary<Numbers>>> = {
  F64: (n) => fc.float64Array({ minLength: n, maxLength: n }),
  F32: (n) => fc.float32Array({ minLength: n, maxLength: n }),
  F16: (n) => fc.uint16Array({ minLength: n, maxLength: n }),
  BF16: (n) => fc.uint16Array({ minLength: n, maxLength: n }),
  I64: (n) => fc.bigInt64Array({ minLength: n, maxLength: n }),
  I32: (n) => fc.int32Array({ minLength: n, maxLength: n }),
  U8: (n) => fc.uint8Array({ minLength: n, maxLength: n }),
  BOOL: (n) => fc.uint8Array({ minLength: n, maxLength: n, max: 1 }),
};

const tensorOf = (dtypes: readonly Dtype[]): fc.Arbitrary<FileTensor> =>
  fc
    .tuple(fc.constantFrom(...dtypes), fc.array(fc.nat(3), { maxLength: 4 }))
    .chain(([dtype, shape]) =>
      arrays[dtype](shape.reduce((x, y) => x * y, 1)).map((data) => ({ dtype, shape, data })),
    );

// JSON.parse of Chromium 147 reads a name of one escaped letter, as in {"\\"": 0}, as a backslash.
const text = fc
  .oneof(
    fc.string({ unit: 'grapheme', maxLength: 8 }),
    fc.constantFrom('', '0', '10', '__proto__', 'constructor', 'ü', '""', 'a\\'),
  )
  .filter((name) => name.length !== 1 || JSON.stringify(name).length === 3);

/** Entries in the order of their names; files have one of their own. */
const sorted = (tensors: ReadonlyMap<string, FileTensor>): [string, FileTensor][] =>
  [...tensors].sort(([a], [b]) => (a < b ? -1 : 1));

describe('safetensors', () => {
  const file = fc
    .tuple(
      fc.array(
        fc.tuple(
          text.filter((name) => name !== '__metadata__'),
          tensorOf(Object.keys(arrays) as Dtype[]),
        ),
        {
          maxLength: 6,
        },
      ),
      fc.dictionary(text, text, { maxKeys: 3 }),
    )
    .map(([tensors, metadata]) => ({ tensors: new Map(tensors), metadata: { ...metadata } }));

  it('are read as they were written, and written again the same', () => {
    fc.assert(
      fc.property(file, (given) => {
        const bytes = writeSafetensors(given);
        const found = readSafetensors(bytes);
        expect(sorted(found.tensors)).toEqual(sorted(given.tensors));
        expect({ ...found.metadata }).toEqual({ ...given.metadata });
        expect(writeSafetensors(found)).toEqual(bytes);
      }),
    );
  });

  it('are read from the middle of a buffer, wherever it begins', () => {
    const bytes = writeSafetensors({
      tensors: new Map([['w', { dtype: 'F64', shape: [2], data: Float64Array.of(1, 2) }]]),
      metadata: {},
    });
    const inside = new Uint8Array(bytes.length + 3);
    inside.set(bytes, 3);
    expect(readSafetensors(inside.subarray(3)).tensors.get('w')!.data).toEqual(Float64Array.of(1, 2));
  });

  /** A file with that header and so many zeros behind it. */
  function fileOf(header: string, size: number): Uint8Array {
    const head = new TextEncoder().encode(header);
    const bytes = new Uint8Array(8 + head.length + size);
    new DataView(bytes.buffer).setBigUint64(0, BigInt(head.length), true);
    bytes.set(head, 8);
    return bytes;
  }
  const entry = (shape: string, from: number, to: number, dtype = 'F32'): string =>
    `{"dtype":"${dtype}","shape":${shape},"data_offsets":[${from},${to}]}`;

  it.each<[string, Uint8Array, string]>([
    ['nothing', new Uint8Array(0), 'truncated: needs at least 8 bytes, has 0'],
    ['a header that would be huge', Uint8Array.of(255, 255, 255, 255, 255, 255, 255, 127), 'is impossible'],
    ['a header cut off', fileOf('{"a":1}', 0).subarray(0, 12), 'truncated: the header needs 15 bytes'],
    ['no JSON', fileOf('{"a":', 0), 'not a JSON object'],
    ['a list', fileOf('[]', 0), 'not a JSON object'],
    ['no UTF-8', fileOf('{"a":1}', 0).map((byte, i) => (i === 10 ? 255 : byte)), 'not UTF-8'],
    ['deep nesting', fileOf(`{"a":${'['.repeat(5000)}${']'.repeat(5000)}}`, 0), 'nests more than'],
    ['a name twice', fileOf(`{"w":${entry('[1]', 0, 4)},"w":${entry('[1]', 0, 4)}}`, 4), 'a name twice'],
    [
      'an overlap',
      fileOf(`{"a":${entry('[2]', 0, 8)},"b":${entry('[1]', 4, 8)}}`, 8),
      'must start at byte 8',
    ],
    ['a hole', fileOf(`{"a":${entry('[1]', 4, 8)}}`, 8), 'must start at byte 0'],
    ['numbers that are missing', fileOf(`{"a":${entry('[2]', 0, 8)}}`, 4), 'truncated: the tensors end'],
    ['bytes too many', fileOf(`{"a":${entry('[1]', 0, 4)}}`, 5), 'the tensors end at byte'],
    ['a shape of other bytes', fileOf(`{"a":${entry('[3]', 0, 8)}}`, 8), 'of shape [3] has 8 bytes'],
    [
      'a shape beyond all numbers',
      fileOf(`{"a":${entry('[9007199254740991,9007199254740991]', 0, 4)}}`, 4),
      'has 4 bytes',
    ],
    ['a negative length', fileOf(`{"a":${entry('[-1]', 0, 4)}}`, 4), 'numbers that are not whole'],
    ['an unknown dtype', fileOf(`{"a":${entry('[1]', 0, 4, 'C64')}}`, 4), 'got "C64"'],
    ['a dtype of objects', fileOf(`{"a":${entry('[1]', 0, 4, 'constructor')}}`, 4), 'got "constructor"'],
    ['metadata that are no strings', fileOf('{"__metadata__":{"a":1}}', 0), 'must be a string, got 1'],
  ])('with %s are refused', (_, bytes, message) => {
    expect(() => readSafetensors(bytes)).toThrow(TypeError);
    expect(() => readSafetensors(bytes)).toThrow(message);
  });

  it('that are none do not make anything but a TypeError', () => {
    fc.assert(
      fc.property(file, fc.nat(), fc.nat(255), (given, place, byte) => {
        const bytes = writeSafetensors(given);
        bytes[place % bytes.length] = byte;
        try {
          readSafetensors(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(TypeError);
        }
      }),
    );
  });

  it.each<[string, string, FileTensor]>([
    [
      'a name that the format has for itself',
      '__metadata__',
      { dtype: 'U8', shape: [], data: Uint8Array.of(1) },
    ],
    ['half a letter', '\ud800', { dtype: 'U8', shape: [], data: Uint8Array.of(1) }],
    ['numbers of another dtype', 'w', { dtype: 'F32', shape: [], data: Float64Array.of(1) }],
    ['too few numbers', 'w', { dtype: 'F32', shape: [2], data: Float32Array.of(1) }],
  ])('are not written with %s', (_, name, tensor) => {
    expect(() => writeSafetensors({ tensors: new Map([[name, tensor]]), metadata: {} })).toThrow(TypeError);
  });
});

describe('npz', () => {
  it('are of as many arrays as an archive takes', () => {
    const one: FileTensor = { dtype: 'U8', shape: [], data: Uint8Array.of(1) };
    const many = (count: number): Map<string, FileTensor> =>
      new Map(Array.from({ length: count }, (_, i) => [`a${i}`, one]));
    expect(readNpz(writeNpz(many(65_534))).size).toBe(65_534);
    expect(() => writeNpz(many(65_535))).toThrow(
      /^writeNpz: the archive must have less than 4 GiB and 65535 arrays, got /,
    );
  });

  const dtypes = (Object.keys(arrays) as Dtype[]).filter((dtype) => dtype !== 'BF16');
  const name = fc.oneof(
    fc.nat(99).map(String),
    fc.constantFrom('a', 'a/b', 'ü', '__proto__', 'x.npy', 'with space'),
    fc.stringMatching(/^[a-z0-9_-]{1,9}$/),
  );
  const file = fc
    .array(fc.tuple(name, tensorOf(dtypes)), { maxLength: 6 })
    .map((entries) => new Map(entries));

  it('are read as they were written, and written again the same', () => {
    fc.assert(
      fc.property(file, (given) => {
        const bytes = writeNpz(given);
        const found = readNpz(bytes);
        expect([...found]).toEqual([...given]);
        expect(writeNpz(found)).toEqual(bytes);
      }),
    );
  });

  it('that are damaged do not make anything but a TypeError, and no other numbers', () => {
    fc.assert(
      fc.property(file, fc.nat(), fc.integer({ min: 1, max: 255 }), (given, place, change) => {
        const bytes = writeNpz(given);
        bytes[place % bytes.length]! ^= change;
        try {
          for (const [key, { data }] of readNpz(bytes))
            if (given.has(key)) expect(data).toEqual(given.get(key)!.data);
        } catch (error) {
          expect(error).toBeInstanceOf(TypeError);
        }
      }),
    );
  });

  const plain = writeNpz(
    new Map([['a', { dtype: 'F32', shape: [2], data: Float32Array.of(1, 2) } as FileTensor]]),
  );
  const two = writeNpz(
    new Map(
      ['a', 'b'].map((key) => [key, { dtype: 'F32', shape: [2], data: Float32Array.of(1, 2) } as FileTensor]),
    ),
  );
  /** Where the list of members begins, and where the last record does. */
  const last = (bytes: Uint8Array): number => bytes.length - 22;
  const list = (bytes: Uint8Array): number => new DataView(bytes.buffer).getUint32(last(bytes) + 16, true);
  const changed = (
    bytes: Uint8Array,
    change: (view: DataView, list: number, last: number) => void,
  ): Uint8Array => {
    const copy = bytes.slice();
    change(new DataView(copy.buffer), list(copy), last(copy));
    return copy;
  };

  it.each<[string, Uint8Array, string]>([
    ['nothing', new Uint8Array(0), 'truncated, or not a zip archive'],
    ['an end that is cut off', plain.subarray(0, -1), 'truncated, or not a zip archive'],
    [
      'a list elsewhere',
      changed(plain, (view, _, end) => view.setUint32(end + 16, 0, true)),
      'list of members',
    ],
    [
      'more members than there are',
      changed(plain, (view, _, end) => view.setUint16(end + 10, 9, true)),
      'says 9 members',
    ],
    [
      'a compressed member',
      changed(plain, (view, at) => view.setUint16(at + 10, 8, true)),
      'write the file with numpy.savez',
    ],
    ['an encrypted member', changed(plain, (view, at) => view.setUint16(at + 8, 1, true)), 'is encrypted'],
    [
      'a size beyond the file',
      changed(plain, (view, at) => (view.setUint32(at + 20, 2e9, true), view.setUint32(at + 24, 2e9, true))),
      'needs 2000000000 bytes',
    ],
    ['two sizes', changed(plain, (view, at) => view.setUint32(at + 24, 2e9, true)), 'an impossible size'],
    ['another checksum', changed(plain, (view, at) => view.setUint32(at + 16, 1, true)), 'damaged'],
    [
      'a member that is not there',
      changed(plain, (view, at) => view.setUint32(at + 42, 7, true)),
      'not where the list says',
    ],
    [
      'members over one another',
      changed(two, (view, at) => view.setUint32(at + 46 + 5 + 42, 0, true)),
      'overlaps what follows',
    ],
    [
      'a name twice',
      changed(
        two,
        (view, at) => (view.setUint8(at + 46 + 5 + 46, 97), view.setUint8(30 + 5 + 20 + 136 + 30, 97)),
      ),
      'twice',
    ],
    ['a name with a zero', changed(plain, (view, at) => view.setUint8(at + 46, 0)), 'must be named like'],
    [
      'a name that leads elsewhere',
      changed(plain, (view, at) => view.setUint8(at + 46, 47)),
      'must be named like',
    ],
  ])('with %s are refused', (_, bytes, message) => {
    expect(() => readNpz(bytes)).toThrow(TypeError);
    expect(() => readNpz(bytes)).toThrow(message);
  });

  it.each(['', '../a', 'a/../b', '/a', 'c:a', 'a\\b', '\n'])('are not written with the name %j', (key) => {
    const tensor: FileTensor = { dtype: 'U8', shape: [], data: Uint8Array.of(1) };
    expect(() => writeNpz(new Map([[key, tensor]]))).toThrow(TypeError);
  });

  it('are not written with numbers that numpy does not have', () => {
    const tensor: FileTensor = { dtype: 'BF16', shape: [], data: Uint16Array.of(1) };
    expect(() => writeNpz(new Map([['a', tensor]]))).toThrow('array "a" must have a dtype of numpy');
  });
});

describe('numbers', () => {
  it('of 16 bits are those of float32 that they stand for', () => {
    const half = (bits: number): number =>
      float32Of({ dtype: 'F16', shape: [], data: Uint16Array.of(bits) })[0]!;
    expect([0x3c00, 0xc000, 0x0001, 0x7bff, 0x7c00, 0xfc00].map(half)).toEqual([
      1,
      -2,
      2 ** -24,
      65504,
      Infinity,
      -Infinity,
    ]);
    expect(half(0x7e00)).toBeNaN();
    const brain = float32Of({ dtype: 'BF16', shape: [2], data: Uint16Array.of(0x3f80, 0xc2c8) });
    expect([...brain]).toEqual([1, -100]);
  });

  it('have their bytes turned round on a host that has them so', () => {
    const tensor: FileTensor = { dtype: 'F64', shape: [2], data: Float64Array.of(1, -2.5) };
    const turned = bytesOf(tensor, false);
    expect([...turned.subarray(0, 8)]).toEqual([...bytesOf(tensor).subarray(0, 8)].reverse());
    expect(numbersOf('F64', turned, false)).toEqual(tensor.data);
  });
});
