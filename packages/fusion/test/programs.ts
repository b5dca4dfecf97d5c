// SPDX-License-Identifier: Apache-2.0
// Random programs for property tests, with inputs.

import * as fc from 'fast-check';
import * as tf from '@tensorflow/tfjs-core';
import {
  defineTensorFunction,
  operations,
  random,
  reductions,
  trace,
  type Expression,
  type Node,
  type OperationName,
  type Program,
  type ReductionName,
  type Shape,
  every,
  reshape,
  slice,
  transpose,
  matMul,
} from '../src/index.js';
import { applied as primitive } from './apply.js';
import { split } from '../src/phases.js';

/** The tensor operations; `call` stands for functions of one's own. */
export const tensorOperations = ['matMul', 'transpose', 'reshape', 'slice', 'every', 'call'] as const;
export type TensorOperationName = (typeof tensorOperations)[number];

/** Which operation a node is. */
export function nameOf({ op, call }: Pick<Node, 'op' | 'call'>): string {
  const { name } = call?.operation ?? { name: op };
  return call && !(tensorOperations as readonly string[]).includes(name) ? 'call' : name;
}

/** A program with something to run it on. */
export interface Sample {
  readonly program: Program;
  /** Elements of every input of the program, as float32. */
  readonly inputs: readonly (readonly number[])[];
  readonly shapes: readonly Shape[];
  readonly scalars: readonly number[];
}

/** One application of an operation to what there is already, chosen by number. */
interface Step {
  readonly op: OperationName | ReductionName | TensorOperationName | 'broadcast';
  readonly picks: readonly [number, number, number];
  readonly axes: readonly boolean[] | null;
}

const maxRank = 4;
const length = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom(1, 2, 3, 4, 5, 7) },
  { weight: 1, arbitrary: fc.constant(0) },
);
const mask = fc.array(fc.boolean(), { minLength: maxRank, maxLength: maxRank });

const operationStep = fc.constantFrom(...(Object.keys(operations) as OperationName[]));
const otherStep = fc.constantFrom(...reductions, 'broadcast' as const);
const tensorStep = fc.constantFrom(...tensorOperations);
// Mostly the latest, so that a program grows deep.
const pick = fc.oneof({ weight: 3, arbitrary: fc.nat(1) }, { weight: 1, arbitrary: fc.nat(20) });
const stepOf = (tensors: number): fc.Arbitrary<Step> =>
  fc.record({
    op: fc.oneof(
      { weight: 5, arbitrary: operationStep },
      { weight: 3, arbitrary: otherStep },
      { weight: tensors, arbitrary: tensorStep },
    ),
    picks: fc.tuple(pick, pick, pick),
    axes: fc.option(mask),
  });

/** A function with two results, which need no rounding. */
const minusAndTwice = defineTensorFunction({
  name: 'minusAndTwice',
  shapes: ([x]) => [x!, x!],
  run: ([x]) => [tf.neg(x!), tf.mul(x!, 2)],
});

/** Numbers of ordinary size, which keep what is computed from them telling. */
export const ordinary: fc.Arbitrary<number> = fc.float({ min: -8, max: 8, noNaN: true });

/** Any float32: NaN, infinities, zeros of both signs, denormals, the largest and the smallest. */
export const any: fc.Arbitrary<number> = fc.oneof(
  { weight: 4, arbitrary: ordinary },
  { weight: 2, arbitrary: fc.float() },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      Number.NaN,
      Infinity,
      -Infinity,
      0,
      -0,
      1,
      -1,
      2 ** -149,
      -(2 ** -127),
      2 ** -126,
      2 ** 127,
    ),
  },
);

/** The base shape with some axes shortened to 1, and leading ones left out: broadcasts with every other such. */
function shapeWithin(base: Shape, short: readonly boolean[], dropped: number): Shape {
  return base.map((axis, i) => (short[i] ? 1 : axis)).slice(Math.min(dropped, base.length));
}

/** A tensor operation, and what makes of its result something that broadcasts with everything else. */
function applied(op: TensorOperationName, x: Expression, [, a, b]: Step['picks']): Expression | null {
  const isEven = a % 2 === 0;
  switch (op) {
    case 'every':
      return every(x, a + 1).sum();
    case 'reshape': {
      const flat = reshape(x, [x.size]);
      return reshape(isEven ? flat.mul(0.5) : flat.sub(flat.max()), x.shape);
    }
    case 'slice': {
      const axis = x.shape.findIndex((length) => length > 1);
      const one = x.shape.map((length, at) => (at === axis ? 1 : length));
      const begin = x.shape.map((length, at) => (at === axis ? a % length : 0));
      return isEven || axis < 0
        ? slice(x, begin, one)
        : slice(
            x,
            begin,
            x.shape.map((length, at) => length - begin[at]!),
          ).max();
    }
    case 'transpose': {
      if (x.rank < 2) return transpose(x, [...x.shape.keys()]);
      const axes = [...x.shape.keys()].map((axis) => (axis + a) % x.rank);
      const turned = isEven ? transpose(x) : transpose(x, axes);
      const back = axes.map((_, axis) => axes.indexOf(axis));
      return b % 2 === 0 ? turned.max() : isEven ? transpose(turned.neg()) : transpose(turned.neg(), back);
    }
    case 'matMul': {
      if (x.rank < 2) return null;
      const square = matMul(x, x, isEven, !isEven);
      if (b % 3 === 0) return square.max();
      return b % 3 === 1
        ? square
            .mul(0.5)
            .sum([x.rank - 1])
            .max([x.rank - 2])
        : isEven
          ? matMul(x, square)
          : matMul(square, x);
    }
    case 'call':
      if (b % 2 === 0) return minusAndTwice([x])[a % 2]!.sub(isEven ? 0 : minusAndTwice([x])[0]!);
      return random(isEven ? 'uniform' : 'rademacher', x.shape, { seed: a, step: b }).sub(x);
  }
}

function rule(
  base: Shape,
  steps: readonly Step[],
  replaced: readonly number[],
): (tensors: Record<string, Expression>, scalars: Record<string, Expression>) => Record<string, Expression> {
  return (tensors, { s, t }) => {
    const numbers = [...Object.values(tensors), s!, t!];
    const conditions: Expression[] = [];
    const pick = (from: Expression[], at: number): Expression => from[from.length - 1 - (at % from.length)]!;
    const condition = (at: number): Expression =>
      conditions.length === 0 ? pick(numbers, at).less(pick(numbers, at + 1)) : pick(conditions, at);
    for (const { op, picks, axes } of steps) {
      if (op === 'broadcast') {
        numbers.push(pick(numbers, picks[0]).broadcastTo(base));
      } else if ((tensorOperations as readonly string[]).includes(op)) {
        const made = applied(op as TensorOperationName, pick(numbers, picks[0]), picks);
        if (made) numbers.push(made);
      } else if (op in operations) {
        const { operands, result } = operations[op as OperationName];
        const args = operands.map((kind, i) =>
          kind === 'number' ? pick(numbers, picks[i]!) : condition(picks[i]!),
        );
        const made = primitive(op as OperationName, args);
        (result === 'number' ? numbers : conditions).push(made);
      } else {
        const x = pick(numbers, picks[0]);
        numbers.push(
          x[op as ReductionName](axes ? x.shape.flatMap((_, axis) => (axes[axis] ? [axis] : [])) : undefined),
        );
      }
    }
    const outputs: [string, Expression][] = numbers.slice(-3).map((value, i) => [`out${i}`, value]);
    for (const at of replaced) {
      const name = `x${at % Object.keys(tensors).length}`;
      const value = pick(numbers, at);
      const shape = tensors[name]!.shape;
      if (
        value.rank <= shape.length &&
        value.shape.every((n, i) => n === 1 || n === shape[i + shape.length - value.rank])
      ) {
        outputs.push([name, value.broadcastTo(shape)]);
      }
    }
    return Object.fromEntries(outputs);
  };
}

/** Of random programs those that have small values to keep, however little that is worth; and they keep them all. */
export function keeping(all: fc.Arbitrary<Sample>): fc.Arbitrary<Sample> {
  return all
    .map((sample): Sample => {
      const { nodes, outputs } = sample.program;
      const phases = split(nodes, outputs, (elements, swept) => elements < swept);
      return { ...sample, program: { ...sample.program, phases } };
    })
    .filter(({ program }) => program.phases.some(({ kept }) => kept.length > 0));
}

/** Random programs with tensor operations. */
export function tensorSamples(element: fc.Arbitrary<number>): fc.Arbitrary<Sample> {
  return samples(element, 4).filter(({ program }) => program.phases.length === 0);
}

/**
 * Random programs over random shapes, with inputs of which every element is an `element`.
 *
 * @param tensors - how often there are tensor operations, of so many and eight
 */
export function samples(element: fc.Arbitrary<number>, tensors = 0): fc.Arbitrary<Sample> {
  const tensor = fc.record({
    short: mask,
    dropped: fc.constantFrom(0, 0, 0, 1, 2, 4),
    // Repeated as often as the shape asks for, so that a counterexample shrinks well.
    elements: fc.array(element, { minLength: 1, maxLength: 16 }),
  });
  return fc
    .record({
      base: fc.array(length, { maxLength: maxRank }),
      tensors: fc.array(tensor, { minLength: 1, maxLength: 3 }),
      scalars: fc.record({ s: fc.double({ min: -4, max: 4, noNaN: true }), t: element }),
      steps: fc.array(stepOf(tensors), { minLength: 1, maxLength: 12 }),
      replaced: fc.array(fc.nat(9), { maxLength: 2 }),
    })
    .map(({ base, tensors, scalars, steps, replaced }) => {
      const shapes = tensors.map(({ short, dropped }) => shapeWithin(base, short, dropped));
      const named = Object.fromEntries(shapes.map((shape, i) => [`x${i}`, shape]));
      const program = trace('Random', named, Object.keys(scalars), rule(base, steps, replaced));
      const used = program.inputs.map((at) => Number(program.nodes[at]!.name!.slice(1)));
      return {
        program,
        inputs: used.map((i) => {
          const { elements } = tensors[i]!;
          const size = shapes[i]!.reduce((product, axis) => product * axis, 1);
          return Array.from({ length: size }, (_, at) => Math.fround(elements[at % elements.length]!));
        }),
        shapes: used.map((i) => shapes[i]!),
        scalars: program.scalars.map((name) => scalars[name as 's' | 't']),
      };
    });
}
