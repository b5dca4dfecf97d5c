// SPDX-License-Identifier: Apache-2.0

import * as tf from '@tensorflow/tfjs-core';
import type { Attack } from '../attack.js';
import { hostile } from '../hostile.js';
import { assertFinite, assign, make, seen, train, variables } from '../subjects.js';

type Weight = { name: unknown; tensor: unknown };

/** Other tensors in the place of one. */
const tensors: readonly (readonly [what: string, make: (x: tf.Tensor) => tf.Tensor])[] = [
  ['of another shape', () => tf.ones([7])],
  ['of a longer shape', (x) => tf.ones([...x.shape, 2])],
  ['int32', (x) => tf.cast(x, 'int32')],
  ['bool', (x) => tf.cast(x, 'bool')],
  ['complex', (x) => tf.complex(tf.cast(x, 'float32'), tf.cast(x, 'float32'))],
  ['string', (x) => tf.fill(x.shape, 'a', 'string' as never)],
  ['float32', (x) => tf.cast(x, 'float32')],
  ['empty', () => tf.zeros([0])],
  ['NaN', (x) => tf.fill(x.shape, NaN)],
  ['−1', (x) => tf.fill(x.shape, -1)],
  ['2.5', (x) => tf.fill(x.shape, 2.5)],
  ['1e30', (x) => tf.fill(x.shape, 1e30)],
];

const put = (list: readonly Weight[], i: number, weight: Weight): Weight[] =>
  list.map((each, at) => (at === i ? weight : each));

/** Lists of weights that are changed at any place. */
export const attackWeights: Attack = async (subject, judge, random, tries) => {
  const { name, names } = subject;
  const of = variables();
  const optimizer = make(subject);
  for (let t = 0; t < 2; t++) train(subject, optimizer, of);
  const state = await optimizer.stateDict();
  const values = of.map((x) => [...x.dataSync()]);
  const everything = hostile();
  const kinds: ((list: Weight[], i: number) => [what: string, list: unknown])[] = [
    (list, i) => {
      const [what, make] = tensors[random.below(tensors.length)]!;
      return [
        `${String(list[i]!.name)}: ${what}`,
        put(list, i, { ...list[i]!, tensor: make(list[i]!.tensor as tf.Tensor) }),
      ];
    },
    (list, i) => [`without ${String(list[i]!.name)}`, list.filter((_, at) => at !== i)],
    (list, i) => [`${String(list[i]!.name)} twice`, [...list, list[i]]],
    (list, i) => [`${String(list[i]!.name)} first`, [list[i], ...list.filter((_, at) => at !== i)]],
    (list, i) => {
      const [what, value] = everything[random.below(everything.length)]!;
      return [`name ${i}: ${what}`, put(list, i, { ...list[i]!, name: value })];
    },
    (list, i) => {
      const [what, value] = everything[random.below(everything.length)]!;
      return [`tensor ${i}: ${what}`, put(list, i, { ...list[i]!, tensor: value })];
    },
    (list, i) => {
      const [what, value] = everything[random.below(everything.length)]!;
      return [`weight ${i}: ${what}`, put(list, i, value as Weight)];
    },
    () => {
      const [what, value] = everything[random.below(everything.length)]!;
      return [`weights: ${what}`, value];
    },
    (list, i) => [
      `${String(list[i]!.name)} renamed`,
      put(list, i, { ...list[i]!, name: `${String(list[i]!.name)}x` }),
    ],
    (list) => ['a stranger', [...list, { name: 'stranger', tensor: list[0]!.tensor }]],
  ];
  const good = await optimizer.getWeights();
  const kept = good.map(({ name: weight, tensor }) => ({ name: weight, tensor: tf.keep(tf.clone(tensor)) }));
  for (let i = 0; i < tries; i++) {
    tf.engine().startScope();
    const [what, list] = kinds[random.below(kinds.length)]!(kept, random.below(kept.length));
    const wrong = tensors.some(([kind]) => what.endsWith(`: ${kind}`)) ? what.split(': ').at(-1)! : '';
    await judge.judge({
      attack: 'setWeights',
      what: `${name}: ${what}`,
      names,
      call: () => optimizer.setWeights(list as never),
      seen: () => seen(optimizer, of),
      taken: async () => {
        let late: unknown;
        try {
          train(subject, optimizer, of);
          // What one has put into a slot is in the parameters afterwards; −1 as a second moment gives NaN, rightly.
          if (!['NaN', '−1', '1e30'].includes(wrong) || what.startsWith('iter') || what.startsWith('##'))
            assertFinite(of);
        } catch (error) {
          late = error;
        }
        await optimizer.loadStateDict(state);
        assign(of, values);
        if (late !== undefined) throw late;
      },
    });
    tf.engine().endScope();
  }
  tf.dispose(kept.map(({ tensor }) => tensor));
  optimizer.dispose();
  tf.dispose(of);
};
