// SPDX-License-Identifier: Apache-2.0
// What somebody may send who is up to no good, or whose program is wrong: nothing of it fits.

import * as fc from 'fast-check';
import type { RoundRecord } from '../src/messages.js';
import { bytesOf, framed, hashOf } from '../src/wire.js';

/** The round that is attacked. */
export interface Attacked {
  readonly run: string;
  readonly round: number;
  readonly start: string;
}

/** A message, and what lies in the bucket for it. */
export interface Hostile {
  readonly message: Uint8Array;
  readonly pieces?: Readonly<Record<string, Uint8Array>>;
}

/** Variables of the small problem: 3 × 2 and 2 numbers. */
export const shapes = [[3, 2], [2]];

const numbers = (of: number): Uint8Array =>
  bytesOf([new Float32Array(6).fill(of), new Float32Array(2).fill(of)], 'float32');

const header = ({ run, round, start }: Attacked): Record<string, unknown> => ({
  kind: 'answer',
  run,
  round,
  worker: 'evil',
  start,
  precision: 'float32',
  names: ['kernel', 'bias'],
  shapes,
});

/** An answer that would fit, which is not for sending. */
export const fitting = (attacked: Attacked): Uint8Array => framed(header(attacked), numbers(1e6));

const name = (value: unknown): boolean => typeof value === 'string' && /^[\w-]{1,128}$/.test(value);
const differs = (a: unknown, b: unknown): boolean => JSON.stringify(a) !== JSON.stringify(b);

/** One field of the header is another, or missing. */
function otherField(attacked: Attacked): fc.Arbitrary<Hostile> {
  const right = header(attacked);
  const near: Record<string, unknown[]> = {
    kind: ['answers', 'record', 'Answer'],
    run: [`${attacked.run} `, attacked.run.toUpperCase(), `${attacked.run}/../other`],
    round: [attacked.round + 1, attacked.round - 1, attacked.round + 0.5, String(attacked.round), 2 ** 53],
    worker: ['../a', 'a b', '', 'x'.repeat(129), 'a.b', '*', '>'],
    start: [attacked.start.slice(1), attacked.start.toUpperCase(), `${attacked.start}0`],
    precision: ['float64', 'bfloat16', 'FLOAT32'],
    names: [['bias', 'kernel'], ['kernel'], ['kernel', 'bias', 'bias'], ['kernel', 'biás'], { 0: 'kernel' }],
    shapes: [[[2, 3], [2]], [[6], [2]], [[3, 2]], [[3, 2], [2], []], [[3, -2], [-2]], [['3', 2], [2]]],
  };
  return fc.constantFrom(...Object.keys(right)).chain((field) =>
    fc
      .oneof(fc.constantFrom(undefined, ...near[field]!), fc.jsonValue())
      .filter((value) => differs(value, right[field]) && !(field === 'worker' && name(value)))
      // Greetings are another thing, and hinder nobody for long.
      .filter((value) => !(field === 'kind' && (value === 'hello' || value === 'bye')))
      .map((value) => ({ message: framed({ ...right, [field]: value }, numbers(1e6)) })),
  );
}

/** Too few bytes, too many, or a number that is none. */
function otherNumbers(attacked: Attacked): fc.Arbitrary<Hostile> {
  const right = numbers(1e6);
  const cut = fc.nat(right.length - 1).map((length) => right.subarray(0, length));
  const longer = fc
    .uint8Array({ minLength: 1, maxLength: 64 })
    .map((more) => Uint8Array.of(...right, ...more));
  const infinite = fc
    .tuple(fc.nat(7), fc.constantFrom(Number.NaN, Infinity, -Infinity))
    .map(([at, value]) => {
      const values = new Float32Array(8).fill(1e6);
      values[at] = value;
      return bytesOf([values], 'float32');
    });
  return fc.oneof(cut, longer, infinite).map((data) => ({ message: framed(header(attacked), data) }));
}

/** No message at all, or one that is cut or has a header of another length than it says. */
function noMessage(attacked: Attacked): fc.Arbitrary<Hostile> {
  const right = fitting(attacked);
  const cut = fc.nat(right.length - 1).map((length) => right.subarray(0, length));
  const length = fc
    .integer({ min: 0, max: 2 ** 32 - 1 })
    .filter((value) => value !== new DataView(right.buffer).getUint32(0, true))
    .map((value) => {
      const bytes = right.slice();
      new DataView(bytes.buffer).setUint32(0, value, true);
      return bytes;
    });
  const whatever = fc.jsonValue().map((value) => framed({ value }, numbers(1e6)));
  return fc.oneof(fc.uint8Array({ maxLength: 200 }), cut, length, whatever).map((message) => ({ message }));
}

/** Numbers in pieces that are missing, too short, too long, of another fingerprint, or named in another way. */
function otherPieces(attacked: Attacked): fc.Arbitrary<Hostile> {
  const right = numbers(1e6);
  const key = fc.stringMatching(/^[\w-]{1,20}$/);
  const hash = fc.oneof(fc.constant(hashOf(right)), fc.stringMatching(/^[0-9a-f]{16}$/));
  const parts = fc.oneof(
    fc.constant<Uint8Array[]>([]),
    fc.nat(31).map((length) => [right.subarray(0, length)]),
    fc.uint8Array({ minLength: 1, maxLength: 2000 }).map((more) => [Uint8Array.of(...right, ...more)]),
    // A piece for each byte would be many requests, if anybody made them.
    fc.constant([...right].map((byte) => Uint8Array.of(byte))),
    fc.constant([bytesOf([new Float32Array(8).fill(Number.NaN)], 'float32')]),
  );
  const wrongHash = hash.filter((value) => value !== hashOf(right));
  const named = fc
    .oneof(fc.tuple(key, hash, parts), fc.tuple(key, wrongHash, fc.constant([right])))
    .map(([own, its, all]) => {
      // By what is in them: two messages with the same name could complete one another.
      const unique = `${own}-${its}-${hashOf(Uint8Array.from(all.flatMap((part) => [...part])))}`;
      return {
        message: framed({ ...header(attacked), pieces: { name: unique, hash: its } }),
        pieces: Object.fromEntries(all.map((part, i) => [`${unique}.${i}`, part])),
      };
    });
  const misnamed = fc
    .jsonValue()
    .filter((value) => value !== undefined)
    .map((pieces) => ({ message: framed({ ...header(attacked), pieces }) }));
  return fc.oneof(named, misnamed);
}

/** Something that must not count. */
export function hostile(attacked: Attacked): fc.Arbitrary<Hostile> {
  const kinds = [otherField, otherNumbers, noMessage, otherPieces].map((kind) => kind(attacked));
  return fc.oneof(...kinds);
}

/** A record that must not decide. @param place - of an answer that fits, of b */
export function hostileRecord(attacked: Attacked, place: number): fc.Arbitrary<unknown> {
  const { run, round, start } = attacked;
  const right: RoundRecord = { run, round, start, counted: [] };
  const worker = fc.constantFrom('evil', 'c', '../b');
  const seq = fc.oneof(fc.constant(place), fc.integer({ min: 0, max: place + 10 }));
  const counted = fc.oneof(
    fc.array(fc.record({ seq, worker }), { maxLength: 3 }),
    // What is not there, next to what is.
    fc.constant([
      { seq: place, worker: 'b' },
      { seq: place + 50, worker: 'c' },
    ]),
    fc.jsonValue(),
    fc.array(fc.record({ seq: fc.jsonValue(), worker: fc.jsonValue() }), { minLength: 1 }),
  );
  const others = fc.dictionary(fc.constantFrom('run', 'round', 'start'), fc.jsonValue(), { minKeys: 1 });
  return fc.oneof(
    fc.jsonValue(),
    counted.map((all) => ({ ...right, counted: all })),
    others.map((fields) => ({ ...right, ...fields, counted: [{ seq: 1, worker: 'evil' }] })),
  );
}
