// SPDX-License-Identifier: Apache-2.0
// Runs a program with sets in place of elements: what may come out of an executor of a given precision.
//
// Where every operation is rounded correctly, the sets are single numbers and the executor must give exactly these.
// Where one is not, its set is as wide as its stated error, and all that is computed from it is as wide as follows:
// a tolerance that the graph itself determines. A comparison inside that width may go either way, and so may the
// selection made by it.

import {
  sizeOf,
  type Node,
  type OperationName,
  type Program,
  type ReductionName,
  type Shape,
  type TensorOperationName,
} from '../src/index.js';
import { draw, type Distribution } from '../src/random.js';
import { smallest, type Precision } from './precision.js';
import {
  anything,
  contains,
  eitherZero,
  images,
  isEmpty,
  point,
  type Condition,
  type Numbers,
} from './sets.js';

type Element = Numbers | Condition;
const isNumbers = (element: Element): element is Numbers => 'nan' in element;

/** For every element of shape `to`, the position of the element of shape `from` that is stretched to it. */
export function sources(from: Shape, to: Shape): number[] {
  let positions = [0];
  to.forEach((length, axis) => {
    const own = from[axis - (to.length - from.length)] ?? 1;
    positions = positions.flatMap((at) => Array.from({ length }, (_, i) => at * own + (own === 1 ? 0 : i)));
  });
  return positions;
}

/** Rounded to float32. */
function round(set: Numbers, { flushes }: Precision): Numbers {
  let { lo, hi } = set;
  lo = Math.fround(lo);
  hi = Math.fround(hi);
  if (!flushes || isEmpty(set)) return { lo, hi, nan: set.nan };
  if (lo > 0 && lo < smallest) lo = 0;
  if (hi < 0 && hi > -smallest) hi = 0;
  return eitherZero({ lo, hi, nan: set.nan });
}

const widened = (set: Numbers, by: number): Numbers =>
  by === 0 || isEmpty(set) ? set : { lo: set.lo - by, hi: set.hi + by, nan: set.nan };

const image = (op: OperationName, args: Element[]): Element =>
  (images[op] as (...sets: Element[]) => Element)(...args);

/** One elementwise operation on one element. */
function apply(op: OperationName, args: Element[], precision: Precision): Element {
  const exact = image(op, args);
  if (!isNumbers(exact)) return exact;
  const operands = args.filter(isNumbers);
  const allowed = precision.exceptions[op]?.(exact, ...operands) ?? exact;
  const error = precision.errors[op];
  if (!error) return round(allowed, precision);
  const ends = [operands.map(({ lo }) => lo), operands.map(({ hi }) => hi)];
  const [first, second] = operands;
  if (second) ends.push([first!.lo, second.hi], [first!.hi, second.lo]);
  const sizes = ends.map((end) => error(...end)).filter(Number.isFinite);
  return round(widened(allowed, Math.max(0, ...sizes)), precision);
}

/** A sum whose running value is rounded, in whatever order. */
function sum(elements: Numbers[], { sum: unit, flushes }: Precision): Numbers {
  const total = elements.reduce((a, b) => images.add(a, b), point(0));
  const sizes = elements.flatMap(({ lo, hi }) => [Math.abs(lo), Math.abs(hi)]).filter(Number.isFinite);
  const size = sizes.reduce((a, b) => a + b, 0);
  // Running values in float32 may overflow although the sum does not.
  if (unit === 2 ** -24 && Math.fround(size) === Infinity) return anything;
  return widened(total, elements.length * (unit * size + (flushes ? smallest : 0)));
}

const reductions: Record<ReductionName, (elements: Numbers[], precision: Precision) => Numbers> = {
  sum,
  max: (elements) => elements.reduce((a, b) => images.maximum(a, b), point(-Infinity)),
  min: (elements) => elements.reduce((a, b) => images.minimum(a, b), point(Infinity)),
};

function reduce(op: ReductionName, elements: Numbers[], precision: Precision): Numbers {
  const exact = reductions[op](elements, precision);
  return eitherZero(round(precision.exceptions[op]?.(exact, ...elements) ?? exact, precision));
}

/** A number of each place of a shape, from its indices along the axes. */
function indexed(shape: Shape, elementAt: (index: number[]) => Element): Element[] {
  return Array.from({ length: sizeOf(shape) }, (_, at) => {
    let rest = at;
    const index = [...shape].reverse().map((length) => {
      const own = rest % length;
      rest = Math.floor(rest / length);
      return own;
    });
    return elementAt(index.reverse());
  });
}

const placeOf = (shape: Shape, index: readonly number[]): number =>
  index.reduce((at, own, axis) => at * shape[axis]! + own, 0);

const swapped = <T>(list: readonly T[]): T[] => [...list.slice(0, -2), list.at(-1)!, list.at(-2)!];

/** What every result of a tensor operation may be. */
const tensors: Record<
  TensorOperationName,
  (node: Node, args: Element[][], shapes: Shape[], precision: Precision) => Element[]
> = {
  // The functions of random programs: random numbers, and [−x, 2x].
  call: ({ shape, attributes }, args) => {
    const { call, result } = attributes!;
    if (!call!.takesNumbers) return args[0]!.map((own) => image('mul', [own, point(result === 0 ? -1 : 2)]));
    const key = args.map(([number]) => (number as Numbers).lo) as [number, number, number];
    return [...draw(call!.name.split(' ')[1] as Distribution, sizeOf(shape), key)].map(point);
  },
  reshape: (_, [x]) => x!,
  every: ({ attributes = {} }, [x]) => x!.filter((_, i) => i % (attributes.step ?? 1) === 0),
  slice: ({ shape, attributes }, [x], [from]) =>
    indexed(
      shape,
      (index) =>
        x![
          placeOf(
            from!,
            index.map((own, axis) => own + attributes!.begin![axis]!),
          )
        ]!,
    ),
  transpose: ({ shape, attributes }, [x], [from]) => {
    const permutation = attributes!.permutation ?? swapped([...from!.keys()]);
    return indexed(
      shape,
      (index) =>
        x![
          placeOf(
            from!,
            from!.map((_, axis) => index[permutation.indexOf(axis)]!),
          )
        ]!,
    );
  },
  matMul: ({ shape, attributes }, [x, y], [a, b], precision) => {
    const [left, right] = attributes!.transposed!;
    const inner = a!.at(left ? -2 : -1)!;
    return indexed(shape, (index) => {
      const [batch, row, column] = [index.slice(0, -2), index.at(-2)!, index.at(-1)!];
      const products = Array.from({ length: inner }, (_, k) =>
        image('mul', [
          x![placeOf(a!, [...batch, ...(left ? [k, row] : [row, k])])]!,
          y![placeOf(b!, [...batch, ...(right ? [column, k] : [k, column])])]!,
        ]),
      ) as Numbers[];
      // Running values in float32, products rounded or not; what is too small may be lost.
      const total = sum(products, { ...precision, sum: 2 ** -23 });
      return round(widened(overflowing(total, products), inner * 2 ** -126), precision);
    });
  },
};

/** A sum in float32 may overflow on its way. */
function overflowing(total: Numbers, parts: Numbers[]): Numbers {
  const sizes = parts.flatMap(({ lo, hi }) => [Math.abs(lo), Math.abs(hi)]).filter(Number.isFinite);
  return Math.fround(sizes.reduce((a, b) => a + b, 0)) === Infinity ? anything : total;
}

function tensorOperation(node: Node, args: Element[][], shapes: Shape[], precision: Precision): Element[] {
  return tensors[node.op as keyof typeof tensors](node, args, shapes, precision);
}

const isTensorOperation = (op: string): boolean => op in tensors;

function evaluate(node: Node, args: Element[][], shapes: Shape[], precision: Precision): Element[] {
  const { op, shape } = node;
  if (op in reductions) {
    const groups: Numbers[][] = Array.from({ length: sizeOf(shape) }, () => []);
    sources(shape, shapes[0]!).forEach((at, i) => groups[at]!.push(args[0]![i] as Numbers));
    return groups.map((group) => reduce(op as ReductionName, group, precision));
  }
  if (isTensorOperation(op)) return tensorOperation(node, args, shapes, precision);
  const from = shapes.map((own) => sources(own, shape));
  return Array.from({ length: sizeOf(shape) }, (_, i) => {
    const operands = args.map((arg, j) => arg[from[j]![i]!]!);
    return op === 'broadcast' ? operands[0]! : apply(op as OperationName, operands, precision);
  });
}

/**
 * What each output's elements may be.
 *
 * @param inputs - float32 elements of the inputs, in the order of `program.inputs`
 * @param scalars - numbers in the order of `program.scalars`
 */
export function interpret(
  program: Program,
  inputs: readonly (readonly number[])[],
  scalars: readonly number[],
  precision: Precision,
): Numbers[][] {
  const values: Element[][] = [];
  const device = (at: number): Element[] =>
    program.nodes[at]!.host ? values[at]!.map((x) => (isNumbers(x) ? round(x, precision) : x)) : values[at]!;
  let scalar = 0;
  let input = 0;
  for (const node of program.nodes) {
    const shapes = node.args.map((at) => program.nodes[at]!.shape);
    if (node.op === 'constant') values.push([point(node.value!)]);
    else if (node.op === 'scalar') values.push([point(scalars[scalar++]!)]);
    else if (node.op === 'input') values.push(inputs[input++]!.map((x) => round(point(x), precision)));
    else if (node.host)
      values.push([
        image(
          node.op as OperationName,
          node.args.map((at) => values[at]![0]!),
        ),
      ]);
    else values.push(evaluate(node, node.args.map(device), shapes, precision));
  }
  return program.outputs.map(({ node }) => device(node) as Numbers[]);
}

/** Where outputs are not what the interpreter allows; at most five, in words. */
export function mismatches(
  {
    program,
    inputs,
    scalars,
  }: { program: Program; inputs: readonly (readonly number[])[]; scalars: readonly number[] },
  actual: readonly ArrayLike<number>[],
  precision: Precision,
): string[] {
  const expected = interpret(program, inputs, scalars, precision);
  const found = program.outputs.flatMap(({ name }, output) =>
    expected[output]!.flatMap((set, i) => {
      const got = actual[output]![i]!;
      return contains(set, got) ? [] : [`${name}[${i}]: expected ${show(set)}, got ${got}`];
    }),
  );
  return found.slice(0, 5);
}

function show({ lo, hi, nan }: Numbers): string {
  const interval = lo > hi ? '' : lo === hi ? `${lo}` : `${lo} … ${hi}`;
  return [interval, nan ? 'NaN' : ''].filter(Boolean).join(' or ');
}
