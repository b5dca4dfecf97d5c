// SPDX-License-Identifier: Apache-2.0
// Small hooks, one for every part of the protocol.

import { zero, zeros } from '@optim/formulas';
import { where } from '@optim/fusion';
import { defineHook, exclude, real, type Hook, type Match } from '../src/authoring.js';

/** Gradient: scales it so that no element is larger than `limit`. */
export const clipping: (options?: { limit?: number } | number) => Hook = defineHook<{ limit?: number }>(
  'clipping',
  { limit: real('(0, ∞)', 1) },
  ({ limit }) => ({ gradient: ({ grad }) => ({ grad: grad!.clip(-limit, limit) }) }),
  'limit',
);

/** Slots and update: the parameter becomes the mean of where the rule left it and where it was; `path` sums the moves. */
export const halving: () => Hook = defineHook('halving', {}, () => ({
  slots: { path: zeros, count: zero },
  update: ({ param, old, path, count }) => {
    const next = param!.add(old!).div(2);
    return { param: next, path: path!.add(next.sub(old!)), count: count!.add(1) };
  },
}));

/** Observe, combine and globals: divides every gradient by the largest sum of squares so far, over all parameters. */
export const largest: () => Hook = defineHook('largest', {}, () => ({
  globals: { most: 0 },
  observe: ({ grad }) => ({ squares: grad!.square().sum() }),
  combine: ({ squares }, { most }) => ({ most: squares!.maximum(most!) }),
  gradient: ({ grad }, { most }) => ({ grad: grad!.div(most!) }),
}));

/** Guard: lets a step happen only while the sum of all gradients is positive; counts the others. */
export const positive: () => Hook = defineHook('positive', {}, () => ({
  globals: { skipped: 0 },
  observe: ({ grad }) => ({ sum: grad!.sum() }),
  combine: ({ sum }, { skipped }) => ({ sum: sum!, skipped: skipped!.add(where(sum!.greater(0), 0, 1)) }),
  guard: ({ sum }) => sum!.greater(0),
}));

/** Decay at the rate in force: p ← p·(1 − α/2), but for variables excluded. */
export const shrinking: (options?: { exclude?: Match | null }) => Hook = defineHook<{
  exclude?: Match | null;
}>('shrinking', { exclude: exclude() }, () => ({
  reads: ['learningRate'],
  decay: ({ param }, { learningRate }) => ({ param: param!.mul(learningRate!.mul(-0.5).add(1)) }),
}));

/** Update: takes off 1 where `match` says so. */
export const lowering: (options?: { match?: Match | null }) => Hook = defineHook<{ match?: Match | null }>(
  'lowering',
  { match: exclude() },
  () => ({ update: ({ param }) => ({ param: param!.sub(1) }) }),
);

/** Decay by what the second moments of all parameters add up to; keeps the sum. */
export const weighing: () => Hook = defineHook('weighing', {}, () => ({
  reads: ['secondMoment'],
  globals: { sum: 0 },
  observe: ({ secondMoment }) => ({ sum: secondMoment!.sum() }),
  combine: ({ sum }) => ({ sum: sum! }),
  decay: ({ param }, { sum }) => ({ param: param!.sub(sum!) }),
}));

/** Coefficients: takes off the gradient the number of the step, and a tenth of the place of its variable. */
export const numbering: () => Hook = defineHook('numbering', {}, () => ({
  coefficients: (step, order) => ({ off: step + order / 10 }),
  gradient: ({ grad }, { off }) => ({ grad: grad!.sub(off!) }),
}));

/** Observe and update: divides the step by the sum of |step|/learning rate over all parameters, which it keeps. */
export const sharing: () => Hook = defineHook('sharing', {}, () => ({
  reads: ['learningRate', 'step'],
  globals: { length: 0 },
  observe: ({ step, learningRate }) => ({ length: step!.abs().sum().div(learningRate!) }),
  combine: ({ length }) => ({ length: length! }),
  update: ({ start, step }, { length }) => ({ param: start!.sub(step!.div(length!)) }),
}));

/** Update: half the step of the rule; `seen` keeps the step. */
export const hesitating: () => Hook = defineHook('hesitating', {}, () => ({
  slots: { seen: zeros },
  update: ({ start, step }) => ({ param: start!.sub(step!.div(2)), seen: step! }),
}));
