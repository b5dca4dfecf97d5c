// SPDX-License-Identifier: Apache-2.0

import { describe as suite, expect, test } from 'vitest';
import { root } from '../workspace.js';
import { audit, describe, type Node } from './audit.js';
import { readGraph } from './graph.js';
import { licenceText } from './policy.js';
import { algorithm, fromage, installed, nonCommercial, own, problems, umbrella } from './fixtures.js';

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
