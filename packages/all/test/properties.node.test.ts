// SPDX-License-Identifier: Apache-2.0
// Whatever a configuration file holds: an optimizer, or an error that says what is wrong, and nothing left.

import {
  createOptimizer,
  describeOptimizer,
  listHooks,
  listOptimizers,
  optimizers,
  specOf,
} from '@optim/all';
import type { BaseOptimizer } from '@optim/core';
import { Wrapper } from '@optim/wrapper';
import * as tf from '@tensorflow/tfjs-core';
import * as fc from 'fast-check';
import { expect, it } from 'vitest';

const create = createOptimizer as (spec: unknown) => BaseOptimizer;

const names = Object.keys(optimizers) as (keyof typeof optimizers)[];
const isWrapper = (name: keyof typeof optimizers): boolean => optimizers[name].prototype instanceof Wrapper;

const hasPoint = (name: keyof typeof optimizers): boolean =>
  (optimizers[name] as { looksAhead?: boolean }).looksAhead === true || name.startsWith('ScheduleFree');

/** JSON that looks like what is expected, here and there. */
const value = fc.oneof(
  fc.jsonValue({ maxDepth: 2 }),
  fc.record({
    schedule: fc.oneof(fc.constantFrom('linear', 'multiply'), fc.jsonValue()),
    options: fc.jsonValue(),
  }),
  fc.record({ name: fc.oneof(fc.constantFrom('bias', '(', '(a+)+'), fc.jsonValue()), flags: fc.jsonValue() }),
  fc.record({ entries: fc.jsonValue({ maxDepth: 2 }) }),
);

const keys = [
  'learningRate',
  'beta1',
  'parameterGroups',
  'transforms',
  'weightDecay',
  'match',
  'k',
  'exclude',
];
const options = fc.oneof(value, fc.dictionary(fc.constantFrom(...keys), fc.oneof(value, fc.array(value))));

const anything = fc.record(
  {
    name: fc.oneof(fc.constantFrom(...names), fc.constantFrom('adamw', 'SOAP'), value),
    options,
    transforms: fc.oneof(
      value,
      fc.array(fc.record({ hook: fc.oneof(fc.constantFrom('cautious', 'normLoss'), value), options })),
    ),
    wrap: fc.oneof(value, fc.array(fc.record({ name: fc.constantFrom('Lookahead', 'SAM'), options }))),
    noDecay: fc.oneof(value, fc.array(fc.string({ maxLength: 8 }))),
  },
  { requiredKeys: ['name'] },
);

it('takes anything for a specification, or says what is wrong with it', () => {
  const before = tf.memory().numTensors;
  fc.assert(
    fc.property(fc.oneof(anything, fc.jsonValue()), (spec) => {
      try {
        create(spec).dispose();
      } catch (error) {
        expect(['RangeError', 'TypeError'], String(error)).toContain((error as Error).name);
        // The package, class, schedule or hook, and what must be.
        expect((error as Error).message).toMatch(/^(@optim\/all|[A-Za-z0-9]+): ./);
        expect((error as Error).message.length).toBeLessThan(800);
      }
      expect(tf.memory().numTensors).toBe(before);
    }),
    { numRuns: 3000 },
  );
});

it('gives back what it made, for every combination of optimizer, hooks and wrappers', () => {
  // Lookahead has a test of its own; GaLore refuses decay and bases that read their parameters, see the table of pairs.
  const wrappers = names.filter((name) => isWrapper(name) && !['Lookahead', 'GaLore'].includes(name));
  const hooks = listHooks().map(({ name }) => name);
  const spec = fc.record({
    // Full-batch methods see one long vector: no groups, and few hooks; nor does a search follow many.
    name: fc.constantFrom(
      ...names.filter(
        (name) => !isWrapper(name) && !['ArmijoSGD', 'LBFGS', 'LevenbergMarquardt'].includes(name),
      ),
    ),
    transforms: fc.subarray(['skipNonFinite', 'centralizeGradients', 'normalizeGradients', 'cautious']),
    wrap: fc.array(fc.constantFrom(...wrappers), { maxLength: 1 }),
    noDecay: fc.subarray(['bias', '^norm/', 'gamma$']),
  });
  expect(hooks).toContain('skipNonFinite');
  fc.assert(
    fc.property(spec, ({ name, transforms, wrap, noDecay }) => {
      const { options, needs } = describeOptimizer(name);
      // A wrapper that evaluates the loss itself takes no base that does.
      fc.pre(wrap.length === 0 || needs.length === 0);
      // Nor does one with an evaluation point, and Mechanic, take one with such a point.
      fc.pre(!hasPoint(name) || wrap.every((wrapper) => !hasPoint(wrapper) && wrapper !== 'Mechanic'));
      fc.pre(!wrap.includes('WSAM') || options.some((option) => option.name === 'learningRate'));
      fc.pre(noDecay.length === 0 || options.some((option) => option.name === 'weightDecay'));
      const required = options.filter((option) => !('default' in option));
      const made = create({
        name: name.toLowerCase(),
        options: Object.fromEntries(required.map((option) => [option.name, 1000])),
        transforms: transforms.map((hook) => ({ hook })),
        wrap: wrap.map((wrapper) => ({ name: wrapper })),
        noDecay,
      });
      const saved = specOf(made);
      const again = create(JSON.parse(JSON.stringify(saved)));
      expect(again.getConfig()).toEqual(made.getConfig());
      expect(saved.transforms!.map(({ hook }) => hook)).toEqual(transforms);
      expect((saved.wrap ?? []).map((wrapper) => wrapper.name)).toEqual(wrap);
      expect(saved.options!['parameterGroups']).toHaveLength(noDecay.length);
      made.dispose();
      again.dispose();
    }),
    { numRuns: 500 },
  );
});

it('lists by any pattern', () => {
  const all = listOptimizers().map(({ name }) => name);
  fc.assert(
    fc.property(fc.string(), fc.constantFrom(...all), (pattern, name) => {
      for (const entry of listOptimizers(pattern)) expect(all).toContain(entry.name);
      expect(listOptimizers(`*${name.slice(1)}`).map((entry) => entry.name)).toContain(name);
      expect(listOptimizers(`${name.slice(0, -1)}?`.toUpperCase()).map((entry) => entry.name)).toContain(
        name,
      );
    }),
  );
});
