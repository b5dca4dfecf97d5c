// SPDX-License-Identifier: Apache-2.0
// Options under the names they have in other libraries.

import { expect, it } from 'vitest';
import { real, resolveOptions } from '../src/index.js';

const adam = ['learningRate', 'beta1', 'beta2', 'epsilon', 'weightDecay', 'weightDecayMode', 'transforms'];
const momentum = ['learningRate', 'momentum', 'weightDecay', 'transforms'];

/** The end of the message for an option that an owner of these does not know. */
function advice(name: string, known: readonly string[]): string {
  const table = Object.fromEntries(known.map((option) => [option, real('[0, 1]', 0)]));
  try {
    resolveOptions('Owner', table as never, { [name]: 1 });
  } catch (error) {
    const { message } = error as Error;
    expect(error).toBeInstanceOf(TypeError);
    expect(message.startsWith(`Owner: unknown option "${name}"`)).toBe(true);
    return message.slice(`Owner: unknown option "${name}"`.length);
  }
  throw new Error(`${name} was taken`);
}

it.each([
  ['lr', 'did you mean "learningRate"?'],
  ['learning_rate', 'did you mean "learningRate"?'],
  ['alpha', 'did you mean "learningRate"?'],
  ['betas', 'did you mean "beta1" and "beta2"?'],
  ['beta_1', 'did you mean "beta1"?'],
  ['momentum', 'did you mean "beta1"?'],
  ['rho', 'did you mean "beta2"?'],
  ['eps', 'did you mean "epsilon"?'],
  ['wd', 'did you mean "weightDecay"?'],
  ['weight_decay', 'did you mean "weightDecay"?'],
  ['weight_decouple', 'did you mean "weightDecayMode"?'],
  ['clipnorm', 'use the hook clipByGlobalNorm'],
  ['clipNorm', 'use the hook clipByGlobalNorm'],
  ['global_clipnorm', 'use the hook clipByGlobalNorm'],
  ['max_grad_norm', 'use the hook clipByGlobalNorm'],
  ['gradient_clipping', 'use the hook clipByGlobalNorm'],
  ['clipvalue', 'use the hook clipByValue'],
  ['use_gc', 'use the hook centralizeGradients'],
  ['decay', 'use weightDecay, or a schedule'],
  ['lambda', 'did you mean "weightDecay"?'],
])('Adam is told of %s: %s', (name, text) => {
  expect(advice(name, adam)).toBe(` (${text})`);
});

it('only what the owner has is named', () => {
  expect(advice('mu', momentum)).toBe(' (did you mean "momentum"?)');
  expect(advice('betas', momentum)).toBe('');
  expect(advice('lr', ['limit'])).toBe('');
  expect(advice('clipnorm', ['limit'])).toBe('');
  // Two letters are no misspelling of any two others.
  for (const name of ['lr', 'wd', 'mu', 'b1']) expect(advice(name, ['k', 'xi', 'c', 'd0']), name).toBe('');
  expect(advice('constructor', adam)).toBe('');
});

it.each([
  ['alpha', 'decay'],
  ['rho', 'decay'],
  ['eps', 'epsilon1'],
])('what is %s elsewhere is %s where there is that', (name, own) => {
  expect(advice(name, ['learningRate', 'decay', 'epsilon1', 'epsilon2'])).toBe(` (did you mean "${own}"?)`);
});
