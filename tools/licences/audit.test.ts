// SPDX-License-Identifier: Apache-2.0

import { describe as suite, expect, test } from 'vitest';
import { root, type Algorithm, type Manifest } from '../workspace.js';
import { audit, describe, type Graph, type Node } from './audit.js';
import { readGraph } from './graph.js';
import { licenceText } from './policy.js';

const apache = licenceText('Apache-2.0')!;
const nonCommercial = licenceText('CC-BY-NC-SA-4.0')!;

const yogi: Algorithm = {
  class: 'Yogi',
  paper: 'https://example.org/yogi.pdf',
  officialCode: { url: 'https://example.org/yogi', license: 'Apache-2.0' },
  seed: 'Yogi',
};
const foundation: Manifest['optim'] = { family: 'foundation', algorithms: [] };

interface Shape extends Partial<Omit<Node, 'own'>> {
  own?: Partial<Node['own']>;
}

/** A published package of the workspace: a permissive foundation unless told otherwise. */
function own(name: string, { own: details, ...shape }: Shape = {}): [string, Node] {
  const base = { parent: 'packages', published: true, metadata: foundation, licenceText: undefined };
  return [
    name,
    { name, version: '1.0.0', licence: 'Apache-2.0', needs: [], ...shape, own: { ...base, ...details } },
  ];
}

function installed(name: string, licence: string | undefined, needs: string[] = []): [string, Node] {
  return [name, { name, version: '2.0.0', licence, needs }];
}

const algorithm = (name: string, entry: Partial<Algorithm>, shape: Shape = {}): [string, Node] =>
  own(name, {
    ...shape,
    own: {
      parent: 'adam',
      ...shape.own,
      metadata: { family: 'adam', algorithms: [{ ...yogi, ...entry }] },
    },
  });

const fromage = own('@optim/fromage', { licence: 'CC-BY-NC-SA-4.0', own: { licenceText: nonCommercial } });

const umbrella = (needs: string[]): [string, Node] =>
  own('@optim/all', { needs, own: { metadata: { family: 'umbrella', algorithms: [] } } });

function graph(...nodes: [string, Node][]): Graph {
  return { root: { licence: 'Apache-2.0', licenceText: apache }, nodes: new Map(nodes) };
}

const problems = (...nodes: [string, Node][]): string[] => audit(graph(...nodes)).map(describe);

suite('what passes', () => {
  test('permissive packages, their dependencies and an isolated non-commercial package', () => {
    const core = own('@optim/core', { needs: ['long'] });
    const nodes = [
      core,
      installed('long', 'Apache-2.0'),
      algorithm('@optim/yogi', {}, { needs: ['@optim/core'] }),
    ];
    expect(problems(...nodes, fromage, umbrella(['@optim/yogi']))).toEqual([]);
  });

  test('a dependency that offers a permissive choice', () => {
    expect(problems(own('@optim/core', { needs: ['x'] }), installed('x', '(MIT OR GPL-3.0-only)'))).toEqual(
      [],
    );
  });

  test('a non-commercial package that needs a permissive one, and a cycle', () => {
    const core = own('@optim/core', { needs: ['@optim/fusion'] });
    const fusion = own('@optim/fusion', { needs: ['@optim/core'] });
    const nc = own('@optim/nc', {
      licence: 'CC-BY-NC-SA-4.0',
      needs: ['@optim/core'],
      own: { licenceText: nonCommercial },
    });
    expect(problems(core, fusion, nc)).toEqual([]);
  });

  test('official code without a stated licence, or none at all, also below the umbrella', () => {
    const silent = algorithm('@optim/a', { officialCode: { url: 'https://example.org', license: 'NONE' } });
    const none = algorithm('@optim/b', { officialCode: null });
    expect(problems(silent, none, umbrella(['@optim/a', '@optim/b']))).toEqual([]);
  });

  test('this workspace', () => {
    const real = readGraph(root);
    expect(audit(real).map(describe)).toEqual([]);
    const names = [...real.nodes.values()].map(({ name }) => name);
    expect(names).toEqual(
      expect.arrayContaining(['@optim/core', '@optim/fromage', '@tensorflow/tfjs-core', 'long']),
    );
  });
});

suite('reaching what one must not', () => {
  test('permissive to non-commercial', () => {
    expect(problems(own('@optim/core', { needs: ['@optim/fromage'] }), fromage)).toEqual([
      '@optim/core: a permissive package reaches a non-commercial licence: ' +
        '@optim/core -> @optim/fromage (CC-BY-NC-SA-4.0)',
    ]);
  });

  test('transitively, by the shortest path, once for every package above', () => {
    const a = own('@optim/a', { needs: ['@optim/b'] });
    const b = own('@optim/b', { needs: ['@optim/c', '@optim/fromage'] });
    const c = own('@optim/c', { needs: ['@optim/fromage'] });
    expect(problems(a, b, c, fromage)).toEqual([
      '@optim/a: a permissive package reaches a non-commercial licence: ' +
        '@optim/a -> @optim/b -> @optim/fromage (CC-BY-NC-SA-4.0)',
      '@optim/b: a permissive package reaches a non-commercial licence: ' +
        '@optim/b -> @optim/fromage (CC-BY-NC-SA-4.0)',
      '@optim/c: a permissive package reaches a non-commercial licence: ' +
        '@optim/c -> @optim/fromage (CC-BY-NC-SA-4.0)',
    ]);
  });

  test('permissive to copyleft, behind an innocent dependency', () => {
    const nodes = [installed('x', 'MIT', ['y']), installed('y', 'LGPL-3.0-or-later')];
    expect(problems(own('@optim/core', { needs: ['x'] }), ...nodes)).toEqual([
      '@optim/core: a permissive package reaches a copyleft licence: ' +
        '@optim/core -> x@2.0.0 -> y@2.0.0 (LGPL-3.0-or-later)',
    ]);
  });

  test.each([undefined, 'SEE LICENSE IN terms.txt', 'WTFPL'])('permissive to unknown: %s', (licence) => {
    expect(problems(own('@optim/core', { needs: ['x'] }), installed('x', licence))).toEqual([
      `@optim/core: a permissive package reaches an unknown licence: @optim/core -> x@2.0.0 (${licence ?? 'no licence'})`,
    ]);
  });

  test('a non-commercial package may not have every dependency either', () => {
    const nc = own('@optim/nc', {
      licence: 'CC-BY-NC-SA-4.0',
      needs: ['x'],
      own: { licenceText: nonCommercial },
    });
    expect(problems(nc, installed('x', 'GPL-3.0-only'))).toEqual([
      '@optim/nc: the licence of a dependency is not on the allow-list: @optim/nc -> x@2.0.0 (GPL-3.0-only)',
    ]);
  });

  test('what is not installed', () => {
    expect(problems(own('@optim/core', { missing: ['x'] }))).toEqual([
      '@optim/core: x is used but not installed: @optim/core (Apache-2.0)',
    ]);
  });
});

suite('the umbrella', () => {
  test('contains no algorithm whose official code is copyleft', () => {
    const code = { url: 'https://example.org/gravity', license: 'GPL-3.0-only' };
    const gravity = algorithm('@optim/gravity', { class: 'Gravity', officialCode: code });
    const between = own('@optim/between', { needs: ['@optim/gravity'] });
    expect(problems(gravity, between, umbrella(['@optim/between']))).toEqual([
      '@optim/all: the umbrella contains Gravity, whose official code is copyleft: ' +
        '@optim/all -> @optim/between -> @optim/gravity (GPL-3.0-only)',
    ]);
  });

  test('contains no algorithm whose official code is non-commercial', () => {
    const code = { url: 'https://example.org/nero', license: 'CC-BY-NC-SA-4.0' };
    expect(problems(algorithm('@optim/nero', { officialCode: code }), umbrella(['@optim/nero']))).toEqual([
      '@optim/all: the umbrella contains Yogi, whose official code is non-commercial: ' +
        '@optim/all -> @optim/nero (CC-BY-NC-SA-4.0)',
    ]);
  });

  test('contains no non-commercial package', () => {
    expect(problems(fromage, umbrella(['@optim/fromage']))).toEqual([
      '@optim/all: a permissive package reaches a non-commercial licence: ' +
        '@optim/all -> @optim/fromage (CC-BY-NC-SA-4.0)',
    ]);
  });

  test('is permissive itself', () => {
    const [key, all] = umbrella([]);
    const changed: Node = {
      ...all,
      licence: 'GPL-3.0-only',
      own: { ...all.own!, licenceText: licenceText('GPL-3.0-only') },
    };
    expect(problems([key, changed])).toEqual([
      '@optim/all: the umbrella must be permissive: @optim/all (GPL-3.0-only)',
    ]);
  });
});

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
