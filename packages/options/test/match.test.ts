// SPDX-License-Identifier: Apache-2.0
// Expressions that choose variables by name, also those of a stranger's file.

import type * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { decodeMatch, encodeMatch, matches } from '../src/index.js';

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

  it.each(['^(a+)+$', '(a|aa)*b', '((a*)b)*', '(x{2,}y?)+', '(?:a?)+', '(?<n>a*)*', '((a|b))+', '(.*,){12}'])(
    'is refused where it may take for ever: /%s/',
    (source) => {
      expect(() => decoded(source)).toThrow(
        new RangeError(
          `match from a file must not repeat what repeats or chooses itself, got /${source.replaceAll('/', '\\/')}/`,
        ),
      );
    },
  );

  it('is tried on names alone that are short enough for its repetitions', () => {
    const match = decoded('a*a*a*b');
    expect(matches(match, named(`${'a'.repeat(99)}b`))).toBe(true);
    expect(() => matches(match, named('a'.repeat(101)))).toThrow(
      new RangeError(
        'match /a*a*a*b/ from a file may take long on names of more than 100 letters, got one of 101',
      ),
    );
    // One's own may do as it likes.
    expect(matches(/a*a*a*b/, named(`${'a'.repeat(101)}b`))).toBe(true);
  });
});
