// SPDX-License-Identifier: Apache-2.0
// Mistakes in a rule are found while it is traced. Messages name the rule and the shapes.

import { describe, expect, it } from 'vitest';
import {
  defineTensorFunction,
  random,
  trace,
  where,
  type Expression,
  type Rule,
  every,
  matMul,
  reshape,
  transpose,
  slice,
  pow,
} from '../src/index.js';

const square = defineTensorFunction({
  name: 'square',
  shapes: ([x]) => (x!.length === 2 && x![0] === x![1] ? [x!] : 'x must be a square'),
  run: ([x]) => [x!],
});

type Body = (x: Expression, y: Expression) => unknown;

const tracing = (body: Body) => (): unknown =>
  trace('AdaTest', { x: [2, 3], y: [2] }, [], (({ x, y }) => ({ z: body(x!, y!) })) as Rule);

const rows: [what: string, body: Body, message: string][] = [
  ['shapes that do not broadcast', (x, y) => x.add(y), 'AdaTest: add: shapes [2,3] and [2] do not broadcast'],
  [
    'shapes of three operands',
    (x, y) => where(x.less(0), x, y),
    'AdaTest: where: shapes [2,3] and [2,3] and [2] do not broadcast',
  ],
  [
    'a condition in place of a number',
    (x, y) => x.mul(y.less(0)),
    'AdaTest: mul: operand 2 must be a number, got a boolean (shapes [2,3] and [2])',
  ],
  [
    'a number in place of a condition',
    (x) => where(x, 1, 0),
    'AdaTest: where: operand 1 must be a boolean, got a number (shapes [2,3] and [] and [])',
  ],
  [
    'not of a number',
    (x) => x.not(),
    'AdaTest: not: operand 1 must be a boolean, got a number (shapes [2,3])',
  ],
  [
    'or of a number',
    (x) => x.less(0).or(x),
    'AdaTest: not: operand 1 must be a boolean, got a number (shapes [2,3])',
  ],
  [
    'undefined, a slot that does not exist',
    (x) => x.sub(undefined as unknown as Expression),
    'AdaTest: sub: operand 2 must be an expression or a number, got undefined (shapes [2,3] and undefined)',
  ],
  [
    'undefined on the other side of a comparison',
    (x) => x.greater(undefined as unknown as Expression),
    'AdaTest: less: operand 1 must be an expression or a number, got undefined (shapes undefined and [2,3])',
  ],
  [
    'undefined as a condition',
    (x) => x.less(0).or(undefined as unknown as Expression),
    'AdaTest: not: operand 1 must be an expression or a number, got undefined (shapes undefined)',
  ],
  [
    'null',
    (x) => x.div(null as unknown as Expression),
    'AdaTest: div: operand 2 must be an expression or a number, got null (shapes [2,3] and null)',
  ],
  [
    'a JavaScript boolean',
    (x) => where(true as unknown as Expression, x, 0),
    'AdaTest: where: operand 1 must be an expression or a number, got a boolean (shapes a boolean and [2,3] and [])',
  ],
  [
    'any other object',
    (x) => pow(x, {} as unknown as Expression),
    'AdaTest: pow: operand 2 must be an expression or a number, got an object (shapes [2,3] and an object)',
  ],
  [
    'arithmetic of JavaScript',
    (x) => (x as unknown as number) * 2,
    'AdaTest: an expression of shape [2,3] has no value yet; write a.add(b), not a + b',
  ],
  [
    'a comparison of JavaScript',
    (x, y) => x < y,
    'AdaTest: an expression of shape [2,3] has no value yet; write a.add(b), not a + b',
  ],
  ['an axis that is not there', (x) => x.sum([0, 2]), 'AdaTest: sum: axis 2 is not an axis of shape [2,3]'],
  ['a negative axis', (x) => x.max([-1]), 'AdaTest: max: axis -1 is not an axis of shape [2,3]'],
  ['a fraction of an axis', (_, y) => y.min([0.5]), 'AdaTest: min: axis 0.5 is not an axis of shape [2]'],
  [
    'an axis that is no list',
    (x) => x.mean(0 as unknown as number[]),
    'AdaTest: sum: axes must be an array, got 0 (shape [2,3])',
  ],
  [
    'a reduction of conditions',
    (x) => x.less(0).sum(),
    'AdaTest: sum: operand must be a number, got a boolean (shape [2,3])',
  ],
  [
    'a shape that an expression does not stretch to',
    (x) => x.broadcastTo([2, 4]),
    'AdaTest: broadcastTo: [2,3] does not stretch to [2,4]',
  ],
  ['a smaller shape', (x) => x.broadcastTo([3]), 'AdaTest: broadcastTo: [2,3] does not stretch to [3]'],
  [
    'no whole distance between elements',
    (x) => every(x, 1.5),
    'AdaTest: every: k must be an integer in [1, ∞), got 1.5 (shape [2,3])',
  ],
  [
    'every so many conditions',
    (x) => every(x.less(0), 2),
    'AdaTest: every: operand must be a number, got a boolean (shape [2,3])',
  ],
  [
    'a product of what are no matrices',
    (x, y) => matMul(x, y),
    'AdaTest: matMul: operands must have at least two axes (shapes [2,3] and [2])',
  ],
  [
    'a product of matrices that do not fit',
    (x) => matMul(x, x),
    'AdaTest: matMul: columns of the first matrix must be as many as rows of the second, got 3 and 2 (shapes [2,3] and [2,3])',
  ],
  [
    'a product of differently many matrices',
    (x) => matMul(reshape(x, [1, 2, 3]), x, false, true),
    'AdaTest: matMul: axes before the last two must be the same (shapes [1,2,3] and [2,3])',
  ],
  [
    'a product with conditions',
    (x) => matMul(x, x.less(0)),
    'AdaTest: matMul: operand 2 must be a number, got a boolean (shapes [2,3] and [2,3])',
  ],
  [
    'a product with nothing',
    (x) => matMul(x, undefined as unknown as Expression),
    'AdaTest: matMul: operand 2 must be an expression or a number, got undefined (shapes [2,3] and undefined)',
  ],
  [
    'a transposed vector',
    (_, y) => transpose(y),
    'AdaTest: transpose: operand must have at least two axes (shape [2])',
  ],
  [
    'no permutation',
    (x) => transpose(x, [0, 0]),
    'AdaTest: transpose: permutation must have each axis once, got [0,0] (shape [2,3])',
  ],
  [
    'another number of elements',
    (x) => reshape(x, [2, 2]),
    'AdaTest: reshape: shape must have 6 elements, got [2,2] (shape [2,3])',
  ],
  [
    'a shape to be found out',
    (x) => reshape(x, [-1]),
    'AdaTest: reshape: shape must have 6 elements, got [-1] (shape [2,3])',
  ],
  [
    'conditions in another shape',
    (x) => reshape(x.less(0), [6]),
    'AdaTest: reshape: operand must be a number, got a boolean (shape [2,3])',
  ],
  [
    'a part that is not there',
    (x) => slice(x, [0, 2], [2, 2]),
    'AdaTest: slice: begin and size must lie within the operand, got [0,2] and [2,2] (shape [2,3])',
  ],
  [
    'operands that a function does not take',
    (x) => square([x])[0],
    'AdaTest: square: x must be a square (shape [2,3])',
  ],
  [
    'random numbers of another kind',
    () => random('gamma' as 'normal', [2], { seed: 1, step: 1 }),
    'AdaTest: random: distribution must be uniform, rademacher or normal, got gamma',
  ],
  [
    'a key of random numbers that is on the device',
    (x) => random('normal', [2], { seed: x.sum(), step: 1 }),
    'AdaTest: random normal: operand 1 must be a number known on the host (shapes [] and [] and [])',
  ],
  ['an output that is a number', () => 1, 'AdaTest: output "z" is not an expression'],
  ['an output that is undefined', () => undefined, 'AdaTest: output "z" is not an expression'],
  ['an output that is a condition', (x) => x.less(0), 'AdaTest: output "z" is a condition, not a number'],
];

describe('trace refuses', () => {
  it.each(rows)('%s', (_, body, message) => {
    expect(tracing(body)).toThrow(new TypeError(message));
  });

  it('an output of another shape than the input it replaces', () => {
    const rule: Rule = ({ x }) => ({ x: x!.sum([0]) });
    const message = 'AdaTest: output "x" has shape [1,3], but what it replaces has [2,3]';
    expect(() => trace('AdaTest', { x: [2, 3] }, [], rule)).toThrow(new TypeError(message));
  });

  it('a rule that returns nothing', () => {
    const rule = (() => undefined) as unknown as Rule;
    const message = 'AdaTest: a rule must return an object of outputs, got undefined';
    expect(() => trace('AdaTest', {}, [], rule)).toThrow(new TypeError(message));
  });
});

describe('the rule named in errors', () => {
  const wrong: Rule = ({ x }) => ({ z: x!.sum([9]) });

  it('is the inner one while traces are nested, and the outer one again afterwards', () => {
    const outer: Rule = ({ x }) => {
      expect(() => trace('Inner', { x: [2] }, [], wrong)).toThrow('Inner: sum: axis 9');
      return wrong({ x: x! }, {});
    };
    expect(() => trace('Outer', { x: [2] }, [], outer)).toThrow('Outer: sum: axis 9');
  });

  it('is none outside of traces', () => {
    let kept: Expression | undefined;
    trace('AdaTest', { x: [2] }, [], ({ x }) => ({ z: (kept = x!).add(1) }));
    expect(() => Number(kept)).toThrow(
      new TypeError('expression: an expression of shape [2] has no value yet; write a.add(b), not a + b'),
    );
  });
});
