// SPDX-License-Identifier: Apache-2.0

import type { StateDict } from '@optim/core';
import * as tf from '@tensorflow/tfjs-core';
import type { Attack } from '../attack.js';
import { at, changed, gone, hostile, isRecord, placesIn, type Hostile } from '../hostile.js';
import { Wrong } from '../judge.js';
import { assertFinite, assign, make, seen, train, variables } from '../subjects.js';

/** Numbers of a slot that are not those of the slot. */
function* arrays(value: unknown): Generator<Hostile> {
  if (!(value instanceof Float32Array)) return;
  yield ['a number more', Float32Array.of(...value, 1)];
  yield ['a number less', value.slice(1)];
  yield ['float64', Float64Array.from(value)];
  yield ['int32', Int32Array.from(value)];
  yield ['numbers', [...value]];
}

/** A state that is changed at any place. */
export const attackStates: Attack = async (subject, judge, random, tries) => {
  const { name, names } = subject;
  const of = variables();
  const optimizer = make(subject);
  for (let t = 0; t < 2; t++) train(subject, optimizer, of);
  const state = await optimizer.stateDict();
  const values = of.map((x) => [...x.dataSync()]);
  const places = placesIn(state);
  const everything = hostile();
  for (let i = 0; i < tries; i++) {
    const path = places[random.below(places.length)]!;
    const own = [...arrays(at(state, path))];
    const candidates: readonly Hostile[] =
      own.length > 0 && random.below(2) ? own : [...random.some(everything, 1), ['nothing', gone]];
    const [what, value] = random.some(candidates, 1)[0]!;
    const isStranger = random.below(8) === 0 && isRecord(at(state, path));
    const wrong = isStranger ? changed(state, [...path, 'stranger'], value) : changed(state, path, value);
    await judge.judge({
      attack: 'loadStateDict',
      what: `${name}: ${path.join('.')}${isStranger ? '.stranger' : ''}: ${what}`,
      names,
      call: () => optimizer.loadStateDict(wrong as StateDict),
      seen: () => seen(optimizer, of),
      taken: async () => {
        // Options from the state may be large.
        let late: unknown;
        try {
          train(subject, optimizer, of);
          if (!path.includes('hyperparameters')) assertFinite(of);
        } catch (error) {
          late = error;
        }
        await restore();
        if (late !== undefined) throw late;
      },
    });
  }
  async function restore(): Promise<void> {
    await optimizer.loadStateDict(state);
    assign(of, values);
    train(subject, optimizer, of);
    const once = of.map((x) => [...x.dataSync()]);
    if (once.flat().some((x) => !Number.isFinite(x))) throw new Wrong('the good state no longer trains');
    await optimizer.loadStateDict(state);
    assign(of, values);
  }
  await restore();
  optimizer.dispose();
  tf.dispose(of);
};
