// SPDX-License-Identifier: Apache-2.0
// Whether a hook is made of what hooks are made of; those of `defineHook` are, as far as their author typed them.

import { isArrayOf, isCallable, isMatch, isRecord, show, wrongType } from '@optim/options';
import type { Hook } from './hook.js';

type Test = (value: unknown) => boolean;

const isInit: Test = (init) =>
  isCallable(init) || (isRecord(init) && isCallable(init['shape']) && isCallable(init['values']));
const recordOf =
  (test: Test): Test =>
  (value) =>
    isRecord(value) && Object.values(value).every(test);
const callable = ['a function', isCallable] as const;

/** What each part must be, where it is there. */
const parts: Readonly<Record<string, readonly [constraint: string, test: Test]>> = {
  name: ['letters and digits', (value) => /^[a-z][a-z0-9]*$/i.test(value as string)],
  coefficients: callable,
  observe: callable,
  combine: callable,
  gradient: callable,
  decay: callable,
  update: callable,
  guard: callable,
  slots: ['an object of functions that give first values', recordOf(isInit)],
  globals: [
    'an object of finite numbers or arrays',
    recordOf((value) => [value].flat().every(Number.isFinite)),
  ],
  reads: [
    "an array of 'learningRate', 'secondMoment' and 'step'",
    (value) => isArrayOf(value, (each) => ['learningRate', 'secondMoment', 'step'].includes(each as string)),
  ],
  exclude: ['a RegExp or a function of the variable, or null', (value) => value === null || isMatch(value)],
};

/** @throws TypeError where a part of a hook is no such part */
export function assertParts(owner: string, hook: Hook): void {
  for (const [part, [constraint, test]] of Object.entries(parts)) {
    const value: unknown = hook[part as keyof Hook];
    if (value !== undefined && !test(value))
      throw wrongType(owner, `transforms: ${part} of hook ${show(hook.name)}`, constraint, value);
  }
}
