// SPDX-License-Identifier: Apache-2.0
// What optimizers are called elsewhere.

/** A name in small letters, without `_`, `-`, spaces and dots. */
const letters = (name: string): string => name.toLowerCase().replace(/[^a-z0-9]/g, '');

/** What names have beside that of the algorithm: who wrote the kernels, how many bits the state has. */
const additions =
  /^(contrib|paged|bnb|fused|tf)|(paged|bnb|fused|torch|apex|hf|anyprecision|\d+bit|legacy|tf|v2)$/;

/** What is another class, or one with an option or hook, by the letters of its name. */
const others: readonly (readonly [RegExp, string])[] = [
  [/^(sgd|gd|gradientdescent|vanillasgd)$/, 'SGDW'],
  [/^(sgd)?momentum$/, 'SGDW with momentum'],
  [/^(sgd)?nesterov(s|w|momentum)?$/, 'SGDW with momentum and nesterov'],
  [/^noisysgd$/, 'SGDW with the hook gradientNoise'],
  [/^nadamw$/, 'AdamW with nesterov'],
  [/^(bert|sparse|lazy)adam$/, 'Adam'],
  [/^(adamweightdecay|weightdecayadam)$/, 'AdamW'],
  [/^(adamw|sgd|radam)schedulefree$/, 'ScheduleFreeAdamW, ScheduleFreeSGD, ScheduleFreeRAdam'],
  [/^adafactor(bv|bigvision)$/, 'AdaFactor with scaleParameter: false'],
  [/^amsbound$/, 'AdaBound with amsgrad'],
  [/^adai(w|v2)$/, 'Adai with stableWeightDecay'],
  [/^signum$/, 'SignSGD'],
  [/^psgd(kron)?$/, 'Kron'],
  [/^galoreadamw?$/, 'GaLore around AdamW'],
  [/^(ema|swa|modelema|averagedmodel|exponentialmovingaverage|movingaverage)$/, 'WeightAveraging'],
  [/^(multisteps|applyevery|gradaccum)$/, 'GradientAccumulation'],
  [/^grokfast$/, 'the hook grokfast'],
  [/^grokadamw$/, 'AdamW with the hook grokfast'],
];

/** What timm writes around the name of an algorithm. */
const around: readonly (readonly [RegExp, string])[] = [
  [/^c(?:aut(?:ious|ion))?(.+)$/, ' with the hook cautious'],
  [/^(.+)w$/, " with weightDecayMode: 'decoupled'"],
  [/^(.+)c$/, " with weightDecayMode: 'corrected'"],
];

/** What is here for the name of an optimizer elsewhere, in words; `undefined` for any other name. */
export function calledElsewhere(name: string, known: readonly string[]): string | undefined {
  let word = letters(name).replace(/(.)optimizer$/, '$1');
  for (;;) {
    const found = named(word, known);
    if (found !== undefined) return found;
    const rest = word.replace(additions, '');
    if (rest === word) break;
    word = rest;
  }
  for (const [pattern, way] of around) {
    const found = named(pattern.exec(word)?.[1] ?? '', known);
    if (found !== undefined) return found + way;
  }
  const longer = word.length > 5 ? known.filter((each) => letters(each).startsWith(word)) : [];
  return longer.length > 0 ? longer.join(', ') : undefined;
}

const named = (word: string, known: readonly string[]): string | undefined =>
  known.find((each) => letters(each) === word) ?? others.find(([pattern]) => pattern.test(word))?.[1];
