// SPDX-License-Identifier: Apache-2.0

import { describe as suite, expect, test } from 'vitest';
import { audit, describe } from './audit.js';
import { algorithm, apache, nonCommercial, own, problems, yogi } from './fixtures.js';

suite('metadata', () => {
  const end = ': @optim/x (Apache-2.0)';

  test('no licence', () => {
    expect(problems(own('@optim/x', { licence: undefined }))).toEqual([
      '@optim/x: package.json has no license: @optim/x (no licence)',
    ]);
  });

  test('no optim block', () => {
    expect(problems(own('@optim/x', { own: { metadata: undefined } }))).toEqual([
      `@optim/x: package.json has no optim block with family and algorithms${end}`,
    ]);
  });

  test.each(['class', 'paper'] as const)('an algorithm without %s', (field) => {
    const name = field === 'class' ? 'algorithm 1' : 'Yogi';
    expect(problems(algorithm('@optim/x', { [field]: undefined }))).toEqual([
      `@optim/x: ${name} has no ${field}${end}`,
    ]);
    expect(problems(algorithm('@optim/x', { [field]: '' }))).toEqual([
      `@optim/x: ${name} has no ${field}${end}`,
    ]);
  });

  test('an algorithm whose counterpart nobody has looked for, and one that has none', () => {
    for (const seed of [undefined, '']) {
      expect(problems(algorithm('@optim/x', { seed: seed as unknown as string }))).toEqual([
        `@optim/x: Yogi has no seed (null when pytorch_optimizer has no counterpart)${end}`,
      ]);
    }
    expect(problems(algorithm('@optim/x', { seed: null }))).toEqual([]);
  });

  test('an algorithm without official code', () => {
    expect(problems(algorithm('@optim/x', { officialCode: undefined as unknown as null }))).toEqual([
      `@optim/x: Yogi has no officialCode (null when there is none)${end}`,
    ]);
    expect(problems(algorithm('@optim/x', { officialCode: { url: '', license: 'MIT' } }))).toEqual([
      `@optim/x: Yogi has no officialCode.url${end}`,
    ]);
  });

  test('official code whose licence is no SPDX expression', () => {
    expect(
      problems(algorithm('@optim/x', { officialCode: { url: 'https://example.org', license: 'BSD' } })),
    ).toEqual(['@optim/x: the licence of the official code of Yogi is unknown: @optim/x (BSD)']);
  });

  test('a family that is not the folder, and one that is no family', () => {
    expect(problems(algorithm('@optim/x', {}, { own: { parent: 'momentum' } }))).toEqual([
      `@optim/x: family adam does not fit the folder momentum${end}`,
    ]);
    const metadata = { family: 'misc', algorithms: [yogi] };
    expect(problems(own('@optim/x', { own: { parent: 'misc', metadata } }))).toEqual([
      `@optim/x: family misc does not fit the folder misc${end}`,
    ]);
  });

  test('a family package without algorithms', () => {
    const metadata = { family: 'adam', algorithms: [] };
    expect(problems(own('@optim/x', { own: { parent: 'adam', metadata } }))).toEqual([
      `@optim/x: optim.algorithms is empty${end}`,
    ]);
  });
});

suite('licence texts', () => {
  test('missing where the licence differs from the root', () => {
    const nc = own('@optim/nc', { licence: 'CC-BY-NC-SA-4.0' });
    expect(problems(nc)).toEqual(['@optim/nc: no LICENSE file: @optim/nc (CC-BY-NC-SA-4.0)']);
  });

  test('of another licence, or cut short', () => {
    for (const text of [apache, nonCommercial.slice(0, -2000)]) {
      expect(problems(own('@optim/nc', { licence: 'CC-BY-NC-SA-4.0', own: { licenceText: text } }))).toEqual([
        '@optim/nc: the LICENSE file is not the text of CC-BY-NC-SA-4.0: @optim/nc (CC-BY-NC-SA-4.0)',
      ]);
    }
  });

  test('missing or wrong at the root', () => {
    const nodes = new Map([own('@optim/core')]);
    const at = (text: string | undefined): string[] =>
      audit({ root: { licence: 'Apache-2.0', licenceText: text }, nodes }).map(describe);
    expect(at(undefined)).toEqual(['@optim/core: no LICENSE file: @optim/core (Apache-2.0)']);
    expect(at('Apache License, Version 2.0')).toEqual([
      '@optim/core: the LICENSE file is not the text of Apache-2.0: @optim/core (Apache-2.0)',
    ]);
  });

  test('layout does not matter, nor the year in the part that says how to apply Apache-2.0', () => {
    const text = apache
      .replaceAll('\n', '\n   ')
      .replace('[yyyy] [name of copyright owner]', '2026 Somebody');
    expect(
      audit({ root: { licence: 'Apache-2.0', licenceText: text }, nodes: new Map([own('@optim/core')]) }),
    ).toEqual([]);
  });
});
