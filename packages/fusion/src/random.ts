// SPDX-License-Identifier: Apache-2.0
// Random numbers by counting: every number is a function of seed, stream, step and its place alone, in exact arithmetic of
// 32-bit integers. The host draws them and hands them to the backend, so they are the same on all.
//
// Threefry4x32 of Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3" (2011): the key is seed and
// stream, the counter is step and block.

/** What random numbers are like. */
export type Distribution = 'uniform' | 'rademacher' | 'normal';

/** What draws are a function of: integers. */
export type Key = readonly [seed: number, step: number, stream: number];

const parity = 0x1bd11bda;
/** Times four rounds are done: of twenty, which are its default, twelve leave no pattern either, in little more than half the time. */
const usual = 3;

/** Fills `words` with blocks of four random words; `words.length` is a multiple of four. */
function fill(words: Int32Array, [seed, step, stream]: Key, turns: number): void {
  const high = (x: number): number => Math.floor(x / 2 ** 32) | 0;
  const key = Int32Array.of(seed, high(seed), stream, high(stream), 0);
  key[4] = parity ^ key[0]! ^ key[1]! ^ key[2]! ^ key[3]!;
  // What is added before the first round and after every fourth.
  const added = Int32Array.from({ length: 4 * (turns + 1) }, (_, at) => {
    const turn = Math.floor(at / 4);
    return key[(turn + (at % 4)) % 5]! + (at % 4 === 3 ? turn : 0);
  });
  const [low, upper] = [step | 0, high(step)];
  for (let at = 0; at < words.length; at += 4) {
    let a = ((at >>> 2) + added[0]!) | 0;
    let b = added[1]!;
    let c = (low + added[2]!) | 0;
    let d = (upper + added[3]!) | 0;
    for (let turn = 1; turn <= turns; turn++) {
      if (turn % 2 === 1) {
        a = (a + b) | 0;
        b = ((b << 10) | (b >>> 22)) ^ a;
        c = (c + d) | 0;
        d = ((d << 26) | (d >>> 6)) ^ c;
        a = (a + d) | 0;
        d = ((d << 11) | (d >>> 21)) ^ a;
        c = (c + b) | 0;
        b = ((b << 21) | (b >>> 11)) ^ c;
        a = (a + b) | 0;
        b = ((b << 13) | (b >>> 19)) ^ a;
        c = (c + d) | 0;
        d = ((d << 27) | (d >>> 5)) ^ c;
        a = (a + d) | 0;
        d = ((d << 23) | (d >>> 9)) ^ a;
        c = (c + b) | 0;
        b = ((b << 5) | (b >>> 27)) ^ c;
      } else {
        a = (a + b) | 0;
        b = ((b << 6) | (b >>> 26)) ^ a;
        c = (c + d) | 0;
        d = ((d << 20) | (d >>> 12)) ^ c;
        a = (a + d) | 0;
        d = ((d << 17) | (d >>> 15)) ^ a;
        c = (c + b) | 0;
        b = ((b << 11) | (b >>> 21)) ^ c;
        a = (a + b) | 0;
        b = ((b << 25) | (b >>> 7)) ^ a;
        c = (c + d) | 0;
        d = ((d << 10) | (d >>> 22)) ^ c;
        a = (a + d) | 0;
        d = ((d << 18) | (d >>> 14)) ^ a;
        c = (c + b) | 0;
        b = ((b << 20) | (b >>> 12)) ^ c;
      }
      a = (a + added[4 * turn]!) | 0;
      b = (b + added[4 * turn + 1]!) | 0;
      c = (c + added[4 * turn + 2]!) | 0;
      d = (d + added[4 * turn + 3]!) | 0;
    }
    words[at] = a;
    words[at + 1] = b;
    words[at + 2] = c;
    words[at + 3] = d;
  }
}

/**
 * Whole blocks of random words, at least so many.
 *
 * @param turns - a quarter of the number of rounds
 */
export function randomWords(count: number, key: Key, turns: number = usual): Int32Array {
  const words = new Int32Array(4 * Math.ceil(count / 4));
  fill(words, key, turns);
  return words;
}

/**
 * Draws random numbers: `uniform` in [0, 1), multiples of 2⁻²⁴; `rademacher` −1 or 1; `normal` of mean 0 and variance 1, as
 * float32.
 */
export function draw(distribution: Distribution, size: number, key: Key): Float32Array {
  const numbers = new Float32Array(size);
  const words = randomWords(distribution === 'rademacher' ? size / 32 : size, key);
  if (distribution === 'uniform') for (let i = 0; i < size; i++) numbers[i] = (words[i]! >>> 8) * 2 ** -24;
  else if (distribution === 'normal')
    for (let i = 0; i < size; i++) numbers[i] = normal((words[i]! + 0.5) * 2 ** -32);
  else for (let i = 0; i < size; i++) numbers[i] = ((words[i >>> 5]! >>> i) & 1) * 2 - 1;
  return numbers;
}

/**
 * The number below which a normal number lies with probability q + ½, to about 1e-7 of itself: algorithm AS 241 (PPND7) of
 * Wichura, "The percentage points of the normal distribution" (1988).
 */
function normal(q: number): number {
  if (Math.abs(q) <= 0.425) {
    const r = 0.180625 - q * q;
    return (
      (q * (((59.10937472 * r + 159.29113202) * r + 50.434271938) * r + 3.3871327179)) /
      (((67.1875636 * r + 78.757757664) * r + 17.895169469) * r + 1)
    );
  }
  const r = Math.sqrt(-Math.log(0.5 - Math.abs(q)));
  const size = r <= 5 ? middle(r - 1.6) : tail(r - 5);
  return q < 0 ? -size : size;
}

const middle = (r: number): number =>
  (((0.17023821103 * r + 1.3067284816) * r + 2.75681539) * r + 1.4234372777) /
  ((0.12021132975 * r + 0.7370016425) * r + 1);

const tail = (r: number): number =>
  (((0.017337203997 * r + 0.42868294337) * r + 3.081226386) * r + 6.657905115) /
  ((0.012258202635 * r + 0.24197894225) * r + 1);
