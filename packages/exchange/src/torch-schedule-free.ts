// SPDX-License-Identifier: Apache-2.0
// AdamWScheduleFree and SGDScheduleFree of the authors' package schedulefree, from 1.3 on.

import { refused } from './refusal.js';
import type { Group, TorchClass } from './torch-class.js';
import { ignored, number, pair, type Field } from './fields.js';

/** Before 1.3 no group has it, and the rule was another one. */
const since13: Field = {
  name: 'scheduled_lr',
  read: (value, refuse) =>
    typeof value === 'number' ? {} : refuse('be a number, as schedulefree 1.3 and later write it', value),
  write: ({ learningRate }) => learningRate,
};

const common: readonly Field[] = [
  number('warmup_steps', 'warmupSteps'),
  number('r', 'r'),
  number('weight_lr_power', 'weightLrPower'),
  number('weight_decay', 'weightDecay'),
  since13,
  ignored('foreach', true),
];

/** Names of an average: the first group has that of the optimizer, another one may have its own. */
const named = (name: string, group: number): string => (group === 0 ? name : `${name}${group}`);

/** Options that make the weights of an average: a group with one of its own has an average of its own. */
const weighing = ['learningRate', 'warmupSteps', 'r', 'weightLrPower'];

const globals: NonNullable<TorchClass['globals']> = {
  read(who, parts) {
    const one = (i: number, field: string): number => {
      const value = parts[i]!.group[field];
      if (typeof value !== 'number' || !Number.isFinite(value))
        throw refused(who, `param_groups: ${field}`, 'be a finite number', value);
      return value;
    };
    const { train_mode: isTraining } = parts[0]!.group;
    if (typeof isTraining !== 'boolean' || parts.some(({ group }) => group['train_mode'] !== isTraining))
      throw refused(who, 'param_groups: train_mode', 'be true or false, in every group alike', isTraining);
    const averages = parts.flatMap(({ overrides }, i): [string, number][] => {
      const isOwn = i === 0 || weighing.some((name) => name in overrides);
      if (!isOwn && one(i, 'weight_sum') !== one(0, 'weight_sum'))
        throw refused(
          who,
          'param_groups: weight_sum',
          'be the same in groups that weigh alike',
          one(i, 'weight_sum'),
        );
      // The largest rate begins at −1 there, and nothing asks for it before the first step.
      const largest = Math.max(0, one(i, 'lr_max'));
      return isOwn
        ? [
            [named('W', i), one(i, 'weight_sum')],
            [named('Lmax', i), largest],
          ]
        : [];
    });
    return { evaluating: isTraining ? 0 : 1, ...Object.fromEntries(averages) };
  },
  write: (numbers, group): Group => ({
    train_mode: numbers['evaluating'] !== 1,
    weight_sum: numbers[named('W', group)] ?? numbers['W'],
    lr_max: numbers[named('Lmax', group)] ?? numbers['Lmax'],
  }),
};

export const scheduleFreeAdamW: TorchClass = {
  optimizers: ['AdamWScheduleFree'],
  fields: [
    number('lr', 'learningRate'),
    pair('betas', 'beta1', 'beta2'),
    number('eps', 'epsilon'),
    ...common,
  ],
  fixed: { innerMomentum: 0 },
  slots: () => ({ z: 'z', v: 'exp_avg_sq' }),
  counts: { group: 'k' },
  globals,
};

export const scheduleFreeSGD: TorchClass = {
  optimizers: ['SGDScheduleFree'],
  fields: [number('lr', 'learningRate'), number('momentum', 'momentum'), ...common],
  fixed: {},
  slots: () => ({ z: 'z' }),
  counts: { group: 'k' },
  globals,
};
