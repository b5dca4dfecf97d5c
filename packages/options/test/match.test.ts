// SPDX-License-Identifier: Apache-2.0
// Expressions that choose variables by name, also those of a stranger's file.

import type * as tf from '@tensorflow/tfjs-core';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeMatch, encodeMatch, matches, show } from '../src/index.js';

const named = (name: string): tf.Variable => ({ name }) as tf.Variable;
const decoded = (source: string, flags = ''): RegExp => decodeMatch({ name: source, flags });

describe('a match from a file', () => {
  it.each([
    'bias|gamma|beta',
    '^head.*kernel$',
    '(bias|gamma)$',
    '(?:layer_norm|batch_normalization)_?\\d*\\/(gamma|beta)(_1)?$',
    '^block[0-3]+\\/',
    '[(a+)+]*x',
    '\\(a+\\)+',
    '(ab){2}',
  ])('is taken: /%s/', (source) => {
    const match = decoded(source, 'i');
    expect(encodeMatch('x', match)).toEqual({ name: source, flags: 'i' });
    for (const name of ['BIAS', 'head/x/kernel', 'layer_norm_2/beta', 'block12/kernel', '(aa)', 'abab'])
      expect(matches(match, named(name))).toBe(new RegExp(source, 'i').test(name));
  });

  const refusal = (source: string): RangeError =>
    new RangeError(
      `match from a file must be a regular expression of at most 1000 letters that repeats nothing that repeats or chooses, got ${show(`/${source}/`)}`,
    );

  it.each([
    '^(a+)+$',
    '(a|aa)*b',
    '((a*)b)*',
    '(x{2,}y?)+',
    '(?:a?)+',
    '(?<n>a*)*',
    '((a|b))+',
    '(.*,){12}',
    // What may be left out twice in a repetition takes 2ⁿ.
    '((a)?(a)?)+$',
    // 3e8 ways to choose before the first letter is repeated.
    `${'(a|a|a)'.repeat(18)}$`,
    `${'\\w?'.repeat(28)}$`,
  ])('is refused where it may take for ever: /%s/', (source) => {
    expect(() => decoded(source)).toThrow(refusal(source));
  });

  it('counts the ways to choose', () => {
    // 2^20 of them leave 95 trials for each: names of 95 letters without a repetition, of 9 with one.
    const optional = '\\w?'.repeat(20);
    expect(matches(decoded(`${optional}$`), named('a'.repeat(95)))).toBe(true);
    expect(() => matches(decoded(`${optional}$`), named('a'.repeat(96)))).toThrow(
      'more than 95 letters, got 96',
    );
    expect(() => matches(decoded(`${optional}a*$`), named('a'.repeat(10)))).toThrow(
      'more than 9 letters, got 10',
    );
    // Alternatives of one place are tried one after the other.
    const names = Array.from({ length: 100 }, (_, i) => `layer_${i}`).join('|');
    expect(matches(decoded(`^(?:${names})(?:_\\d+)?$`), named('layer_99_1'))).toBe(true);
  });

  it.each(['(x$&)', '(a$`)', "(a$')b*", '($1)'])('ends, whatever the group holds: /%s/', (source) => {
    expect(decoded(source)).toEqual(new RegExp(source));
  });

  it('is tried on names alone that are short enough for its repetitions', () => {
    const match = decoded('a*a*a*b');
    expect(matches(match, named(`${'a'.repeat(99)}b`))).toBe(true);
    expect(() => matches(match, named('a'.repeat(101)))).toThrow(
      new RangeError('match /a*a*a*b/ from a file may take long on names of more than 100 letters, got 101'),
    );
    // One's own may do as it likes.
    expect(matches(/a*a*a*b/, named(`${'a'.repeat(101)}b`))).toBe(true);
  });
});

describe('a match that is saved', () => {
  const written = (match: RegExp): unknown => encodeMatch('AdamW: parameterGroups', match);

  it('is read again, or is not written', () => {
    const part = fc.constantFrom(
      'a',
      'b+',
      '(',
      ')',
      '|',
      '*',
      '[',
      ']',
      '\\d',
      '/',
      '\n',
      '{2,}',
      '?',
      '^',
      'é',
      '(a+)+',
      '(a|b)*',
    );
    const flags = fc.constantFrom('', 'i', 'gu', 'v', 'y');
    const count = { taken: 0, refused: 0 };
    fc.assert(
      fc.property(fc.array(part, { maxLength: 12 }), flags, (parts, flag) => {
        let match: RegExp;
        try {
          match = new RegExp(parts.join(''), flag);
        } catch {
          return;
        }
        let saved: ReturnType<typeof encodeMatch>;
        try {
          saved = encodeMatch('AdamW: parameterGroups', match);
        } catch (error) {
          expect((error as Error).message).toMatch(
            /^AdamW: parameterGroups: saved match must be a regular expression of at most 1000 letters that repeats nothing/,
          );
          count.refused++;
          return;
        }
        expect(decodeMatch(JSON.parse(JSON.stringify(saved)) as typeof saved)).toEqual(match);
        count.taken++;
      }),
      { numRuns: 2000 },
    );
    expect(count.taken).toBeGreaterThan(100);
    expect(count.refused).toBeGreaterThan(0);
  });

  it('has as many letters as a file may have', () => {
    expect(written(new RegExp('a'.repeat(1000)))).toEqual({ name: 'a'.repeat(1000), flags: '' });
    expect(() => written(new RegExp('a'.repeat(1001)))).toThrow(
      /^AdamW: parameterGroups: saved match must be a regular expression of at most 1000 letters .*, got "\/a{198}…$/,
    );
  });
});
