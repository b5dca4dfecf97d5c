// SPDX-License-Identifier: Apache-2.0

import type { BaseOptimizer } from '@optim/core';
import * as tf from '@tensorflow/tfjs-core';
import type { Attack } from '../attack.js';
import { hostile, type Hostile } from '../hostile.js';
import { assertFinite, make, train, variables, withRequired } from '../subjects.js';

/** Whether steps with such a number must stay finite. */
const isModerate = (value: unknown): boolean =>
  typeof value !== 'number' || value === 0 || (Math.abs(value) >= 1e-3 && Math.abs(value) <= 2);

/** Everything that a constructor may be given in place of options. */
export const attackOptions: Attack = async (subject, judge, random, tries) => {
  const { name, table, cls, wraps } = subject;
  // Muon's coefficients are those of a function of its own.
  const names = [...subject.names, 'newtonSchulzSteps'];
  const values = hostile();
  const bags: [attack: string, what: string, value: unknown, options: () => unknown][] = [];
  for (const option of Object.keys(table)) {
    for (const [what, value] of values) {
      bags.push(['options', `${option}: ${what}`, value, () => withRequired(subject, { [option]: value })]);
    }
  }
  const grouped = Object.keys(table).filter((option) => !['parameterGroups', 'transforms'].includes(option));
  if ('parameterGroups' in table) {
    const inGroup = (what: string, value: unknown, group: unknown): void => {
      bags.push(['groups', what, value, () => withRequired(subject, { parameterGroups: [group] })]);
    };
    for (const [what, value] of values) {
      inGroup(what, value, value);
      inGroup(`match: ${what}`, value, { match: value });
      inGroup(`two matches: ${what}`, value, [{ match: /./ }, { match: value }]);
      for (const option of random.some(grouped, 3))
        inGroup(`${option}: ${what}`, value, { match: /kernel/, [option]: value });
      bags.push(['hooks', what, value, () => withRequired(subject, { transforms: [value] })]);
    }
  }
  for (const [what, value] of values) {
    bags.push(['bags', what, value, () => value ?? null]);
    bags.push([
      'bags',
      `an unknown key of ${what}`,
      value,
      () => withRequired(subject, { [String(what)]: value }),
    ]);
  }
  for (const [attack, what, value, options] of random.some(bags, tries)) {
    let made: BaseOptimizer | undefined;
    await judge.judge({
      attack,
      what: `${name}: ${what}`,
      names,
      call: () => (made = make(subject, options())),
      taken: () => {
        const of = variables();
        try {
          for (let t = 0; t < 2; t++) train(subject, made!, of);
          if (isModerate(value)) assertFinite(of);
        } finally {
          made!.dispose();
          tf.dispose(of);
        }
      },
    });
  }
  if (!wraps) return;
  for (const [what, value] of random.some<Hostile>(values, tries / 4)) {
    await judge.judge({
      attack: 'bases',
      what: `${name}: ${what}`,
      names,
      call: () => new cls(value).dispose(),
    });
  }
};
