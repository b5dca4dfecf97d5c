// SPDX-License-Identifier: Apache-2.0
// What pages are made of: formulas lose nothing, tables of other libraries name what exists, citations are found.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { publishedPackages } from '../workspace.js';
import { bibtex, citationOf } from './citations.js';
import { html, raw } from './html.js';
import { highlight } from './markdown.js';
import { formula } from './typeset.js';

describe('a formula', () => {
  it('is a fraction with all factors before its stroke on top', () => {
    expect(formula('a·b/(c + d)').text).toBe(
      '<math displaystyle="true"><mfrac><mrow><mi>a</mi><mo>·</mo><mi>b</mi></mrow><mrow><mi>c</mi><mo>+</mo><mi>d</mi></mrow></mfrac></math>',
    );
  });

  it('keeps the stroke where it is not clear how far it reaches', () => {
    expect(formula('y·s/y·y').text).not.toContain('mfrac');
    expect(formula('(1 − β)/k·g').text).not.toContain('mfrac');
  });

  it('has its sums reach to the end of a product', () => {
    expect(formula('Σu·g').text).toBe(
      '<math displaystyle="true"><mrow><mo>Σ</mo><mrow><mi>u</mi><mo>·</mo><mi>g</mi></mrow></mrow></math>',
    );
  });

  it('stays text where it is prose, or no formula', () => {
    expect(formula('the first time b ← g').text).toBe('the first time b ← g');
    expect(formula('(a + b').text).toBe('(a + b');
  });

  /** Letters, digits and relations in order, without what a fraction, a root or an index shows otherwise. */
  const bare = (text: string): string =>
    [...text.normalize('NFKD')]
      .filter((letter) => !/[\s()/√∛^_3[\]]/.test(letter))
      .map((letter) => ({ '^': '\u0302' })[letter] ?? letter)
      .sort()
      .join('');

  const blocks = publishedPackages().flatMap(({ folder }) => {
    const text = readFileSync(join(folder, 'README.md'), 'utf8');
    return [...text.matchAll(/```text\n([^]*?)```/g)].map(([, block]) => block!);
  });
  const pieces = new Set(
    blocks.flatMap((block) => block.split('\n')).flatMap((line) => line.trim().split(/ {3,}/)),
  );

  it('loses no symbol, of all that our classes have', () => {
    const typeset = [...pieces]
      .map((piece) => ({ piece, text: formula(piece).text }))
      .filter(({ text }) => text.startsWith('<math'));
    expect(typeset.length).toBeGreaterThan(300);
    const accents = /[\u0302\u0303\u0304^¯~'′]/g;
    for (const { piece, text } of typeset) {
      const shown = text
        .replaceAll(/<[^>]+>/g, '')
        .replaceAll('&lt;', '<')
        .replaceAll('&gt;', '>');
      expect(bare(shown.replaceAll(accents, '')), piece).toBe(
        bare(piece.normalize('NFD').replaceAll(accents, '')),
      );
    }
  });
});

it('finds the citation of a paper in the head of a source', () => {
  const head =
    '// SPDX-License-Identifier: Apache-2.0\n// Kim and Lee, "On Steps", arXiv:2101.00001; Park\n// et al., "More", arXiv:2202.00002\n// Checked against x.\n\ncode';
  expect(citationOf('arXiv:2101.00001', [head])).toEqual({
    authors: 'Kim and Lee',
    title: 'On Steps',
    paper: 'arXiv:2101.00001',
  });
  const citation = citationOf('https://arxiv.org/abs/2202.00002', [head])!;
  expect(bibtex(citation)).toBe(
    '@misc{park2022,\n  author = {Park and others},\n  title = {{More}},\n  eprint = {2202.00002},\n  archivePrefix = {arXiv},\n  year = {2022}\n}',
  );
  expect(citationOf('arXiv:2303.00003', [head])).toBeUndefined();
});

it('escapes what is put into HTML, and colours code without changing it', () => {
  expect(html`<p>${'<b>'}${raw('<i>')}${['a', 1, false]}</p>`.text).toBe('<p>&lt;b&gt;<i>a1</p>');
  const code = "const a = 'b'; // 1 < 2";
  expect(
    highlight(code)
      .replaceAll(/<[^>]+>/g, '')
      .replaceAll('&lt;', '<'),
  ).toBe(code);
});
