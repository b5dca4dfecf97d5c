// SPDX-License-Identifier: Apache-2.0
// What READMEs say of steps, first values and options is what every class does.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BaseOptimizer } from '@optim/core';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, it } from 'vitest';
import { goalOf, make, subjectsOf, withRequired, type Subject } from '../attack/subjects.js';
import { loadTrials } from '../trials.js';
import { publishedPackages, root } from '../workspace.js';

/** What the README says of a class, with its lines joined. */
function textOf(name: string): string {
  const { folder } = publishedPackages().find(({ manifest }) =>
    manifest.optim!.algorithms.some((entry) => entry.class === name),
  )!;
  const readme = readFileSync(join(folder, 'README.md'), 'utf8');
  const [, text = ''] = readme.split(`\n## ${name}\n`);
  return text.split('\n### Options')[0]!.replaceAll(/\s+/g, ' ');
}

const start = [1, -1, 0.5, 1.5, -1, 2.5];

const trials = await loadTrials();
/** Classes that are rules; L-BFGS and Levenberg–Marquardt take all variables at once, or residuals. */
const rules = subjectsOf(trials).filter(
  ({ name, table }) => 'parameterGroups' in table && !['LBFGS', 'LevenbergMarquardt'].includes(name),
);
const having = (option: string): Subject[] =>
  rules.filter(({ table }) => option in table && !table[option]!.range.endsWith(', always'));

/** A variable, freed at the end; its name is free again after that. */
function using<T>(name: string, work: (x: tf.Variable) => T): T {
  const x = tf.tidy(() => tf.variable(tf.tensor2d(start, [2, 3]), true, name));
  try {
    return work(x);
  } finally {
    x.dispose();
  }
}

function optimizing<T>(subject: Subject, options: object, work: (optimizer: BaseOptimizer) => T): T {
  const optimizer = make(subject, withRequired(subject, options));
  try {
    return work(optimizer);
  } finally {
    optimizer.dispose();
  }
}

const minimize = (subject: Subject, optimizer: BaseOptimizer, x: tf.Variable): void =>
  void optimizer.minimize(goalOf(subject, [x]), false, [x]);

/** Where a variable is after eight steps, of an optimizer that has made some with another one. */
const after = (subject: Subject, before: number): number[] =>
  optimizing(subject, {}, (optimizer) =>
    using('a', (a) =>
      using('b', (b) => {
        for (let i = 0; i < before; i++) minimize(subject, optimizer, a);
        for (let i = 0; i < 4; i++) minimize(subject, optimizer, b);
        return [...b.dataSync()];
      }),
    ),
  );

beforeAll(() => void tf.setBackend('cpu'));

it.each(rules)('steps of $name count for each parameter, unless its README says otherwise', (subject) => {
  const depends = after(subject, 0).some((value, i) => value !== after(subject, 3)[i]);
  const says =
    /of the optimizer\b|Globals?[: ]|drawn|follow from `seed` and the step|before it computes the first gradient/.test(
      textOf(subject.name),
    );
  if (depends) expect(says).toBe(true);
  else expect(textOf(subject.name)).not.toMatch(/\bt counts the steps of the optimizer/);
});

interface Inside {
  readonly engine: {
    readonly state: {
      adopt(of: tf.Variable[], step: number): { slots: Record<string, tf.Variable> }[];
    };
  };
}

it.each(rules)('slots of $name start at zero, unless its README says otherwise', (subject) => {
  const others = optimizing(subject, {}, (optimizer) =>
    using('a', (a) => {
      const [{ slots }] = (optimizer as unknown as Inside).engine.state.adopt([a], 0) as [
        { slots: Record<string, tf.Variable> },
      ];
      return Object.entries(slots).flatMap(([name, value]) =>
        value.dataSync().every((x) => x === 0) ? [] : [name],
      );
    }),
  );
  for (const name of others) {
    const family = name.replace(/\d+$/, '');
    const spoken = new RegExp(
      `\`(${name}|${family}0?)\`[^;]{0,140}?(start|first|before|beginning|at a|identit|what the name says|the point|\\(Λ)`,
    );
    expect(textOf(subject.name), `${name} of ${subject.name}`).toMatch(spoken);
  }
});

/** Slots and values after steps along gradients that all elements share. */
async function along(
  subject: Subject,
  options: object,
  gradients: readonly number[],
): Promise<{ slots: Record<string, number[]>; values: number[] }> {
  const optimizer = make(subject, withRequired(subject, options));
  const x = tf.tidy(() => tf.variable(tf.tensor2d(start, [2, 3]), true, 'a'));
  try {
    for (const length of gradients) {
      const goal = (): tf.Scalar =>
        tf.sum(
          tf.mul(
            x,
            tf.tensor2d(
              [1, 2, -3, 1, -1, 2].map((g) => g * length),
              [2, 3],
            ),
          ),
        );
      optimizer.minimize(goal, false, [x]);
    }
    const state = await optimizer.stateDict();
    const slots = Object.entries(state.parameters[0]!.slots).map(([name, { data }]) => [name, [...data]]);
    return { slots: Object.fromEntries(slots) as Record<string, number[]>, values: [...x.dataSync()] };
  } finally {
    x.dispose();
    optimizer.dispose();
  }
}

const longThenShort = [...Array<number>(30).fill(1), 0.01];

/** Slots that an option changes, of those that are there without it. */
async function changedBy(subject: Subject, option: object): Promise<string[]> {
  const [without, withIt] = [
    await along(subject, {}, longThenShort),
    await along(subject, option, longThenShort),
  ];
  return Object.entries(without.slots)
    .filter(([name, values]) => values.some((value, i) => value !== withIt.slots[name]?.[i]))
    .map(([name]) => name);
}

it.each(having('adanorm'))(
  'the README of $name says which averages a stretched gradient enters',
  async (subject) => {
    const changed = await changedBy(subject, { adanorm: true });
    const text = textOf(subject.name);
    const [, first = '', second] =
      /`adanorm`[^.;]*?(?:enters|the g in) (\w+)(?: and (\w)\b)?/.exec(text) ?? [];
    // AdaPNM calls the one of its two that is advanced P.
    const said = [first, ...(second === undefined ? [] : [second])].map((name) =>
      name === 'P' ? 'a' : name,
    );
    expect(said).toEqual(changed);
  },
);

it.each(having('amsgrad'))(
  'the README of $name says what `amsgrad` divides by, and changes besides',
  async (subject) => {
    const text = textOf(subject.name);
    expect(text).toMatch(/`amsgrad`[^;]*largest|x ← max\(x, v\)/);
    // Averages of what has been divided change with it.
    const others = (await changedBy(subject, { amsgrad: true })).filter((name) => name !== 'm');
    for (const name of others) expect(text).toMatch(new RegExp(`\`amsgrad\` ${name} `));
  },
);

const unmoved = (values: readonly number[]): boolean => values.every((value, i) => value === start[i]);

/** Whether weights decay in a first step that moves nothing else; nothing where the first step moves. */
async function decaysUnmoved(subject: Subject): Promise<boolean | undefined> {
  const { table } = subject;
  const still =
    'degeneratedToSgd' in table
      ? { degeneratedToSgd: false, ...('rectify' in table && { rectify: true }) }
      : {};
  const free = await along(subject, { ...still, weightDecay: 0 }, [1]);
  if (!unmoved(free.values)) return undefined;
  const mode = table['weightDecayMode']?.range.includes("'decoupled'") && { weightDecayMode: 'decoupled' };
  const decayed = await along(subject, { ...still, ...mode, weightDecay: 0.1, learningRate: 1 }, [1]);
  return !unmoved(decayed.values);
}

it('READMEs say whether weights decay in steps that are withheld', async () => {
  const found = new Map<string, boolean>();
  for (const subject of having('weightDecay')) {
    const decays = await decaysUnmoved(subject);
    if (decays !== undefined) found.set(subject.name, decays);
  }
  expect([...found.keys()]).toEqual(expect.arrayContaining(['AdaBelief', 'AvaGrad', 'RAdam', 'Ranger']));
  for (const [name, decays] of found) {
    const yes = /(weights decay in all|Weight decay, .* acts from the first step)/;
    const no = /(nor do its weights decay|weights do not decay either|moves nothing)/;
    expect(textOf(name), name).toMatch(decays ? yes : no);
    expect(textOf(name), name).not.toMatch(decays ? no : yes);
  }
});

/** RAdam's rectification with β₂ = 0.999, in percent. */
function rectification(t: number): number {
  const all = 2 / (1 - 0.999) - 1;
  const power = 0.999 ** t;
  const rho = all - (2 * t * power) / (1 - power);
  return 100 * Math.sqrt(((rho - 4) * (rho - 2) * all) / ((all - 4) * (all - 2) * rho));
}

it('how slowly rectified steps grow is what the formula gives, wherever it is said', () => {
  const choosing = readFileSync(join(root, 'docs/choosing.md'), 'utf8').replaceAll(/\s+/g, ' ');
  const texts = [...['AdaBelief', 'DiffGrad', 'RAdam', 'Ranger'].map(textOf), choosing];
  for (const text of texts) {
    const said = [...text.matchAll(/(\d+) % (?:of (?:the|a) step (?:without r|of Adam) )?in step (\d+)/g)];
    expect(said.length).toBeGreaterThan(2);
    for (const [, percent, step] of said)
      expect(Math.round(rectification(Number(step)))).toBe(Number(percent));
  }
});
