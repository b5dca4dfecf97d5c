// SPDX-License-Identifier: Apache-2.0

import * as tf from '@tensorflow/tfjs-core';
import type { Attack } from '../attack.js';
import { hostile, mine } from '../hostile.js';
import { assertFinite, goalOf, make, seen, train, variables } from '../subjects.js';

type Call = readonly [what: string, call: () => unknown];

/** Tensors that are no gradients. */
const tensors: readonly (readonly [what: string, make: (x: tf.Variable) => unknown])[] = [
  ['of another shape', () => tf.ones([7])],
  ['of rank 0', () => tf.scalar(1)],
  ['of rank 5', () => tf.ones([1, 1, 1, 2, 3])],
  ['empty', () => tf.zeros([0, 3])],
  ['int32', (x) => tf.onesLike(tf.cast(x, 'int32'))],
  ['bool', (x) => tf.onesLike(tf.cast(x, 'bool'))],
  ['string', (x) => tf.fill(x.shape, 'a', 'string' as never)],
  ['complex', (x) => tf.complex(x, x)],
  ['disposed', (x) => (tf.tidy(() => tf.onesLike(x)), disposed(x))],
  ['a buffer', (x) => tf.buffer(x.shape)],
  ['data', (x) => x.dataSync()],
  ['a function', (x) => () => tf.onesLike(x)],
];

function disposed(x: tf.Tensor): tf.Tensor {
  const tensor = tf.onesLike(x);
  tensor.dispose();
  return tensor;
}

function applying(apply: (gradients: unknown, loss?: unknown) => void, of: readonly tf.Variable[]): Call[] {
  const [x, y] = of as [tf.Variable, tf.Variable];
  const right = { [x.name]: tf.onesLike, [y.name]: tf.onesLike };
  const good = (): Record<string, tf.Tensor> => ({ [x.name]: right[x.name]!(x) });
  const lossOf = (): tf.Scalar => tf.scalar(1);
  const inScope = (body: () => void) => () => tf.tidy(body);
  return [
    ...hostile().flatMap(([what, value]): Call[] => [
      [`gradients: ${what}`, inScope(() => apply(value, lossOf()))],
      [`a gradient: ${what}`, inScope(() => apply({ ...good(), [y.name]: value }, lossOf()))],
      [
        `an entry: ${what}`,
        inScope(() => apply([{ name: x.name, tensor: tf.onesLike(x) }, value], lossOf())),
      ],
      [`a name: ${what}`, inScope(() => apply([{ name: value, tensor: tf.onesLike(x) }], lossOf()))],
      [`a tensor: ${what}`, inScope(() => apply([{ name: y.name, tensor: value }], lossOf()))],
      [`a key: ${what}`, inScope(() => apply({ ...good(), [what]: tf.onesLike(x) }, lossOf()))],
      [`a loss: ${what}`, inScope(() => apply(good(), value))],
    ]),
    ...tensors.flatMap(([what, wrong]): Call[] => [
      [`a gradient ${what}`, inScope(() => apply({ ...good(), [y.name]: wrong(y) }, lossOf()))],
      [`a loss ${what}`, inScope(() => apply(good(), wrong(y)))],
    ]),
    [
      'a gradient twice',
      inScope(() =>
        apply(
          [1, 2].map(() => ({ name: x.name, tensor: tf.onesLike(x) })),
          lossOf(),
        ),
      ),
    ],
    ['a list of gradients', inScope(() => apply([tf.onesLike(x), tf.onesLike(y)], lossOf()))],
  ];
}

/** Gradients, losses and closures that are none. */
export const attackSteps: Attack = async (subject, judge, random, tries) => {
  const { name, needs } = subject;
  const of = variables();
  const optimizer = make(subject);
  train(subject, optimizer, of);
  const minimize = (f: unknown, list: unknown = of): unknown => {
    const cost = optimizer.minimize(f as () => tf.Scalar, true, list as tf.Variable[]);
    tf.dispose(cost ?? []);
    return cost;
  };
  const given = (result: () => unknown) => (): unknown => {
    tf.add(of[0]!, 1);
    return result();
  };
  const calls: (readonly [attack: string, ...Call])[] = [
    ...applying((gradients, loss) => optimizer.applyGradients(gradients as never, loss as never), of).map(
      (call) => ['gradients', ...call] as const,
    ),
    ...hostile().flatMap(([what, value]) => [
      ['losses', `f: ${what}`, () => minimize(value)] as const,
      ['losses', `f gives ${what}`, () => minimize(given(() => value))] as const,
      ['losses', `varList: ${what}`, () => minimize(goalOf(subject, of), value ?? null)] as const,
      ['losses', `in varList: ${what}`, () => minimize(goalOf(subject, of), [of[0], value])] as const,
    ]),
    ...tensors.flatMap(([what, wrong]) => [
      ['losses', `f gives a tensor ${what}`, () => minimize(given(() => wrong(of[1]!)))] as const,
    ]),
    ...[
      ['throws', () => { throw new Error(mine); }], // prettier-ignore
      ['steps the same optimizer', () => { train(subject, optimizer, of); return tf.sum(of[0]!); }], // prettier-ignore
      ['moves the weights', () => { optimizer.useEvaluationWeights(of); throw new Error(mine); }], // prettier-ignore
      ['depends on nothing', () => tf.scalar(1)],
    ].map(([what, f]) => ['losses', `f ${String(what)}`, () => minimize(f)] as const),
  ];
  const names = [
    ...subject.names,
    'variableGrads',
    'passed to minimize()',
    'Cannot compute gradient',
    'hutchinsonDiagonal',
  ];
  for (const [attack, what, call] of random.some(calls, tries)) {
    if (needs.includes('closure') && attack === 'gradients' && what.startsWith('a ')) continue;
    const values = of.map((x) => [...x.dataSync()]);
    const state = await optimizer.stateDict();
    await judge.judge({
      attack,
      what: `${name}: ${what}`,
      names,
      call,
      seen: () => seen(optimizer, of),
      taken: async () => {
        assertFinite(of);
        await optimizer.loadStateDict(state);
        tf.tidy(() => of.forEach((x, i) => x.assign(tf.tensor(values[i]!, x.shape))));
      },
    });
  }
  train(subject, optimizer, of);
  assertFinite(of);
  optimizer.dispose();
  tf.dispose(of);
};
