// SPDX-License-Identifier: Apache-2.0
// What options are called elsewhere.

/** What other libraries call our options, in small letters without `_`; where two of ours share a name, the first that there is. */
const names: Readonly<Record<string, string>> = {
  decay: 'alpha rho',
  learningRate: 'lr alpha eta stepsize scheduler',
  maxLearningRate: 'lr',
  weightDecay: 'wd l2 lambda',
  weightDecayMode: 'weightdecouple decoupledweightdecay',
  epsilon: 'eps',
  epsilon1: 'eps',
  momentum: 'mu',
  beta1: 'betas momentum mu',
  beta2: 'betas rho',
  beta3: 'betas',
  beta: 'momentum',
};

/** What is no option here: an optimizer, which all have `transforms`, takes it as a hook or a schedule. By pattern. */
const others: readonly (readonly [RegExp, string])[] = [
  [/^(global|max)?(grad(ient)?)?(clip)?norm$|^grad(ient)?clip(ping)?$/, 'the hook clipByGlobalNorm'],
  [/^(grad(ient)?)?clipvalue$/, 'the hook clipByValue'],
  [/^(use)?(gc|centralize)$/, 'the hook centralizeGradients'],
  [/^(lr|learningrate)?decay$/, 'weightDecay, or a schedule'],
];

/** ` (did you mean "x"?)` for a name that other libraries use; nothing for any other. */
export function hint(given: string, known: readonly string[]): string {
  const name = given.toLowerCase().replaceAll('_', '');
  const called = Object.keys(names).filter(
    (own) => known.includes(own) && names[own]!.split(' ').includes(name),
  );
  const ours = name === 'betas' ? called : called.slice(0, 1);
  if (ours.length > 0) return ` (did you mean ${ours.map((own) => `"${own}"`).join(' and ')}?)`;
  const other = others.find(([pattern]) => pattern.test(name) && known.includes('transforms'));
  return other ? ` (use ${other[1]})` : '';
}
