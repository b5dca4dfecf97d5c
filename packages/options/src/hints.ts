// SPDX-License-Identifier: Apache-2.0
// What options are called elsewhere.

/** Names of other libraries, in small letters without `_`, and ours: an error names those that its owner has. */
const names: Readonly<Record<string, string>> = {
  lr: 'learningRate maxLearningRate',
  alpha: 'learningRate',
  eta: 'learningRate',
  stepsize: 'learningRate',
  scheduler: 'learningRate',
  wd: 'weightDecay',
  l2: 'weightDecay',
  weightdecouple: 'weightDecayMode',
  decoupledweightdecay: 'weightDecayMode',
  eps: 'epsilon',
  betas: 'beta1 beta2 beta3',
  momentum: 'beta1 beta',
  mu: 'momentum beta1',
  rho: 'beta2',
};

/** What is no option here: an optimizer takes it as a hook or a schedule. By pattern: the option it needs, the advice. */
const others: readonly (readonly [RegExp, string, string])[] = [
  [
    /^(global|max)?(grad(ient)?)?(clip)?norm$|^grad(ient)?clip(ping)?$/,
    'transforms',
    'use the hook clipByGlobalNorm',
  ],
  [/^(grad(ient)?)?clipvalue$/, 'transforms', 'use the hook clipByValue'],
  [/^(use)?(gc|centralize)$/, 'transforms', 'use the hook centralizeGradients'],
  [/^(lr|learningrate)?decay$/, 'learningRate', 'use weightDecay for weights, a schedule for learningRate'],
];

/** ` (did you mean "x"?)` for a name that other libraries use; nothing for any other. */
export function hint(given: string, known: readonly string[]): string {
  const name = given.toLowerCase().replaceAll('_', '');
  const called = Object.hasOwn(names, name) ? names[name]! : '';
  const ours = called.split(' ').filter((own) => known.includes(own));
  if (ours.length > 0) return ` (did you mean ${ours.map((own) => `"${own}"`).join(' and ')}?)`;
  const other = others.find(([pattern, owner]) => pattern.test(name) && known.includes(owner));
  return other ? ` (${other[2]})` : '';
}
