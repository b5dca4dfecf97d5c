// SPDX-License-Identifier: Apache-2.0
// Bytes that others wrote: what the safetensors format forbids is refused, and no file asks for more than it holds.

import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeState, encodeState, type StateDict } from '../src/index.js';

const state: StateDict = {
  format: 1,
  optimizer: 'Heavy',
  step: 3,
  hyperparameters: { learningRate: 0.5 },
  globals: {},
  parameters: [
    {
      name: 'w',
      shape: [2],
      dtype: 'float32',
      updates: 3,
      slots: {
        m: { shape: [2], data: Float32Array.of(1, 2) },
        v: { shape: [1], data: Float32Array.of(3) },
      },
    },
  ],
};
const m = (from: number, to: number, more = ''): string =>
  `"w#m":{"dtype":"F32","shape":[2],"data_offsets":[${from},${to}]${more}}`;
const v = (from: number, to: number, shape = '[1]'): string =>
  `"w#v":{"dtype":"F32","shape":${shape},"data_offsets":[${from},${to}]}`;

/** The "optim" of the metadata: the state, or one that differs from it. */
function optim(change: object = {}): string {
  const slots = { m: 'w#m', v: 'w#v' };
  return JSON.stringify({ ...state, parameters: [{ ...state.parameters[0], slots }], ...change });
}
const metadata = (text = optim(), more = ''): string =>
  `"__metadata__":{"optim":${JSON.stringify(text)}${more}}`;

function file(header: string, body: readonly number[] = [1, 2, 3]): Uint8Array {
  const text = new TextEncoder().encode(header);
  const bytes = new Uint8Array(8 + text.length + 4 * body.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, text.length, true);
  bytes.set(text, 8);
  body.forEach((value, i) => view.setFloat32(8 + text.length + 4 * i, value, true));
  return bytes;
}
const good = `{${metadata()},${m(0, 8)},${v(8, 12)}}`;

/** The message of the TypeError with which a file is refused. */
function refusal(bytes: Uint8Array): string {
  try {
    decodeState(bytes);
  } catch (error) {
    expect(error).toBeInstanceOf(TypeError);
    return (error as Error).message;
  }
  return 'taken';
}

describe('the layout', () => {
  it.each([
    ['as written', good],
    ['with spaces after the header', `${good}   `],
    ['in another order', `{${v(8, 12)},${m(0, 8)},${metadata()}}`],
    ['with more metadata', `{${metadata(optim(), ',"by":"me"')},${m(0, 8)},${v(8, 12)}}`],
    [
      'with an empty tensor that belongs to nobody',
      `${good.slice(0, -1)},${v(8, 8, '[0,5]').replace('w#v', 'e')}}`,
    ],
  ])('is taken: %s', (_, header) => {
    expect(decodeState(file(header))).toEqual(state);
  });

  it.each<[string, Uint8Array, RegExp]>([
    [
      'a hole at the start',
      file(`{${metadata()},${m(4, 12)},${v(12, 16)}}`, [0, 1, 2, 3]),
      /"w#m" must start at byte/,
    ],
    [
      'a hole between',
      file(`{${metadata()},${m(0, 8)},${v(12, 16)}}`, [1, 2, 0, 3]),
      /"w#v" must start at byte/,
    ],
    ['shared bytes', file(`{${metadata()},${m(0, 8)},${v(4, 8)}}`, [1, 2]), /"w#v" must start at byte/],
    ['the same bytes', file(`{${metadata()},${m(0, 8)},${v(0, 8, '[2]')}}`, [1, 2]), /must start at byte/],
    ['an odd offset', file(`{${metadata()},${m(1, 9)},${v(9, 13)}}`, [1, 2, 3, 4]), /must start at byte/],
    ['bytes after the end', file(good, [1, 2, 3, 4]), /the tensors end at byte/],
    [
      'an empty tensor in the middle of another',
      file(`${good.slice(0, -1)},${v(4, 4, '[0]').replace('w#v', 'e')}}`),
      /must start/,
    ],
    ['a mark of the byte order', file(`\uFEFF${good}`), /not a JSON object/],
    ['a space before the header', file(` ${good}`), /not a JSON object/],
    ['metadata twice', file(`{${metadata()},${metadata()},${m(0, 8)},${v(8, 12)}}`), /a name twice/],
    ['a tensor twice', file(`{${metadata()},${m(0, 8)},${m(0, 8)},${v(8, 12)}}`), /a name twice/],
    [
      'a tensor twice, spelt otherwise',
      file(`{${metadata()},${m(0, 8)},${m(0, 8).replace('w', '\\u0077')},${v(8, 12)}}`),
      /a name twice/,
    ],
    ['an offset twice', file(`{${metadata()},${m(0, 8, ',"shape":[2]')},${v(8, 12)}}`), /a name twice/],
    [
      'an object in the metadata',
      file(`{${metadata(optim(), ',"by":{}')},${m(0, 8)},${v(8, 12)}}`),
      /"by" must be a string/,
    ],
    ['lengths that are no whole numbers', file(good.replace('"shape":[2]', '"shape":[2.0]')), /not whole/],
    ['lengths with an exponent', file(good.replace('"shape":[2]', '"shape":[2e0]')), /not whole/],
    ['a negative zero', file(good.replace('[0,8]', '[-0,8]')), /not whole/],
    ['deep nesting', file('{"a":'.repeat(1000)), /nests more than 100 levels/],
    ['bytes that are no text', ((bytes) => (bytes.set([0xff], 20), bytes))(file(good)), /not a JSON object/],
  ])('is refused: %s', (_, bytes, message) => {
    expect(refusal(bytes)).toMatch(message);
  });
});

describe('the state in a file', () => {
  const parameter = (change: object): object => ({
    parameters: [{ ...state.parameters[0], slots: { m: 'w#m', v: 'w#v' }, ...change }],
  });
  it.each<[string, object | string, RegExp]>([
    ['a negative step', { step: -1 }, /step must be an integer in \[0, 2\^31\), got -1$/],
    ['half a step', { step: 0.5 }, /step must be an integer/],
    ['a step beyond int32', { step: 2 ** 31 }, /step must be an integer in \[0, 2\^31\), got 2147483648$/],
    ['negative updates', parameter({ updates: -1 }), /parameters\[0\].updates must be an integer/],
    [
      'updates beyond int32',
      parameter({ updates: 1e308 }),
      /parameters\[0\].updates must be an integer in \[0, 2\^31\)/,
    ],
    ['a name that is none', parameter({ name: 3 }), /parameters\[0\].name must be a string/],
    ['an unknown key', { steps: 3 }, /must have no keys but \[format, .*\], got "steps"/],
    [
      'a parameter twice',
      { parameters: [0, 1].map((i) => ({ ...state.parameters[0], slots: i ? { v: 'w#v' } : { m: 'w#m' } })) },
      /different names, got "w"/,
    ],
    ['a tensor for two slots', parameter({ slots: { m: 'w#m', v: 'w#m' } }), /"w#m" is missing/],
    ['a matrix as a global', { globals: { d: 'd' } }, /globals.d must be a number or a vector/],
    ['a step twice', `{"step":1,${optim().slice(1)}`, /"optim" has a name twice/],
  ])('is refused: %s', (_, change, message) => {
    const text = typeof change === 'string' ? change : optim(change);
    const d = v(12, 28, '[2,2]').replace('w#v', 'd');
    const header = `{${metadata(text)},${m(0, 8)},${v(8, 12)},${d}}`;
    expect(refusal(file(header, [1, 2, 3, 4, 5, 6, 7]))).toMatch(message);
  });

  it('is refused: wrapped more than 20 deep', () => {
    const level = optim({ parameters: [] });
    const nested = (levels: number): string =>
      levels === 0 ? level : `${level.slice(0, -1)},"base":${nested(levels - 1)}}`;
    const of = (levels: number): string =>
      refusal(file(`{${metadata(nested(levels))},${m(0, 8)},${v(8, 12)}}`));
    expect(of(20)).toBe('taken');
    expect(of(21)).toBe('optimizer state: more than 20 optimizers wrap one another');
    expect(of(200)).toBe('optimizer state: the metadata "optim" nests more than 100 levels');
  });
});

describe('a hostile file', () => {
  it('gets messages under 2 kB', () => {
    const long = 'x'.repeat(1e6);
    for (const header of [
      `{${metadata(optim({ optimizer: [long] }))},${m(0, 8)},${v(8, 12)}}`,
      `{${metadata()},${m(0, 8).replace('w', long)},${v(12, 16)}}`,
      `{${metadata()},"${long}":{}}`,
      `{${metadata()},${m(0, 8)},${v(8, 12, `[${Array.from({ length: 1e5 }, () => 2).join()}]`)}}`,
      `{${metadata(optim({ [long]: 1 }))},${m(0, 8)},${v(8, 12)}}`,
      `{${metadata(optim({ globals: { [long]: 'w#m' } }))},${m(0, 8)},${v(8, 12)}}`,
    ])
      expect(refusal(file(header)).length).toBeLessThan(2000);
  });

  it('of n bytes takes time in proportion to n', () => {
    // 20,000 entries that share 4 kB asked for 80 MB, and 2.4 MB of them for 20 GB.
    const entries = (n: number): string =>
      Array.from(
        { length: n },
        (_, i) => `"t${i}":{"dtype":"F32","shape":[1000],"data_offsets":[0,4000]}`,
      ).join();
    const header = `{${metadata(optim({ parameters: [] }))},${entries(40_000)}}`;
    const bytes = file(
      header,
      Array.from({ length: 1000 }, () => 0),
    );
    let started = performance.now();
    JSON.parse(header);
    const parsing = performance.now() - started;
    started = performance.now();
    expect(refusal(bytes)).toMatch(/must start at byte/);
    expect(performance.now() - started).toBeLessThan(500 + 100 * parsing);
  });

  it('decodes to what encodes to the same state, or is refused clearly, whichever byte is changed', () => {
    const bytes = encodeState(state);
    fc.assert(
      fc.property(fc.nat(bytes.length - 13), fc.nat(255), (at, value) => {
        const changed = bytes.slice();
        changed[at] = value;
        const message = refusal(changed);
        if (message === 'taken') {
          const decoded = decodeState(changed);
          expect(decodeState(encodeState(decoded))).toEqual(decoded);
        } else expect(message).toMatch(/^optimizer state: /);
      }),
      { numRuns: 1000 },
    );
  });
});
