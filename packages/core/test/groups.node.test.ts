// SPDX-License-Identifier: Apache-2.0
// Options that belong to the caller, and options of another realm, as Jest, frames and Electron have them.

import { runInNewContext } from 'node:vm';
import { afterEach, expect, it } from 'vitest';
import {
  commonOptions,
  defineHook,
  exclude,
  hyper,
  Optimizer,
  type OptimizerOptions,
  type Rule,
} from '../src/authoring.js';
import { step } from './rules.js';
import { freeOwned, heavy, named, own } from './states.js';

/** Decays alone. */
class Decaying extends Optimizer {
  static readonly className: string = 'Decaying';

  static override readonly rule: Rule<OptimizerOptions> = {
    options: { learningRate: hyper('[0, ∞)', 0), ...commonOptions(0.5, 'independent') },
    update: ({ param }) => ({ param }),
  };
}

afterEach(freeOwned);

it('groups are copied: what is changed in them afterwards changes nothing', async () => {
  const group = { match: /gamma/, weightDecay: 0 };
  const groups = [group];
  const optimizer = own(new Decaying({ parameterGroups: groups }));
  const v = named('gamma', [4]);
  group.weightDecay = 0.5;
  groups.pop();
  step(optimizer, v);
  optimizer.learningRate = 0;
  step(optimizer, v);
  await optimizer.loadStateDict(await optimizer.stateDict());
  step(optimizer, v);
  expect([...(await v.data())]).toEqual([4]);
});

it('groups, expressions, options and numbers of another realm are taken', async () => {
  const groups = runInNewContext('[{ match: /gamma/, weightDecay: 0 }]') as [];
  const decaying = own(new Decaying({ parameterGroups: groups }));
  const [v, w] = [named('gamma', [4]), named('kernel', [4])];
  step(decaying, v, w);
  expect([...(await v.data()), ...(await w.data())]).toEqual([4, 2]);
  const hook = defineHook<{ exclude?: RegExp }>('skipping', { exclude: exclude() }, () => ({
    gradient: ({ grad }) => ({ grad: grad!.mul(0) }),
  }));
  expect(hook({ exclude: runInNewContext('/gamma/') as RegExp }).exclude).toEqual(/gamma/);
  const optimizer = own(heavy(runInNewContext('({ momentum: 0.5 })') as object));
  step(optimizer, v);
  const state = await optimizer.stateDict();
  const data = runInNewContext('Float32Array.of(0.5)') as Float32Array;
  const [first] = state.parameters;
  await optimizer.loadStateDict({
    ...state,
    parameters: [{ ...first!, slots: { m: { shape: [1], data } } }],
  });
  expect((await optimizer.stateDict()).parameters[0]!.slots['m']!.data).toEqual(Float32Array.of(0.5));
});

it('what was frozen begins afresh where it no longer is; scales and freezing are saved', async () => {
  const make = (own: object): ReturnType<typeof heavy> => heavy({ learningRate: 1, momentum: 0.5, ...own });
  const [v, w] = [named('gamma', [4]), named('kernel', [4])];
  const groups = [
    { match: /gamma/, freeze: true },
    { match: /kernel/, learningRateScale: 0.5 },
  ];
  const frozen = own(make({ parameterGroups: groups }));
  step(frozen, v, w);
  step(frozen, v, w);
  expect([...(await v.data())]).toEqual([4]);
  expect(frozen.getConfig()['parameterGroups']).toMatchObject([{ freeze: true }, { learningRateScale: 0.5 }]);
  frozen.scaleLearningRate(0.5);
  expect(frozen.learningRateOf(w)).toBe(0.25);
  frozen.learningRate = 3;
  expect(frozen.learningRateOf(w)).toBe(1.5);
  const thawed = own(make({}));
  await thawed.loadStateDict(await frozen.stateDict());
  step(thawed, v, w);
  const { parameters } = await thawed.stateDict();
  expect(parameters.map(({ name, updates }) => [name, updates])).toEqual([
    ['gamma', 1],
    ['kernel', 3],
  ]);
});

it('a factor out of range, and a group that is frozen by anything but true, are refused', () => {
  const groups = (own: object): object => ({ parameterGroups: [{ match: /v/, ...own }] });
  expect(() => heavy(groups({ learningRateScale: -1 }))).toThrow(
    /parameterGroups\[0\]\.learningRateScale must be in \[0, ∞\), got -1/,
  );
  expect(() => heavy(groups({ freeze: 1 }))).toThrow(
    /parameterGroups\[0\]\.freeze must be a boolean \(true or false\), got 1/,
  );
});
