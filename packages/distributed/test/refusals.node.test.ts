// SPDX-License-Identifier: Apache-2.0
// What is not of the documented form is refused by name; a message that nests deeply is passed over.

import { AdamW } from '@optim/adamw';
import { averageWeights, distributedRounds, onParametersReplaced, outerStep } from '@optim/distributed';
import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { messageOf, recordOf } from '../src/messages.js';
import { trainedOf } from '../src/trained.js';

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

it('a message or a record that nests 100,000 levels is none', () => {
  const x = tf.tidy(() => tf.variable(tf.tensor1d([1, 2]), true, 'x'));
  const trained = trainedOf(undefined, [x]);
  const answer = {
    kind: 'answer',
    run: 'r',
    round: 1,
    worker: 'a',
    start: 'f',
    precision: 'float32',
    shapes: [[2]],
  };
  const message = (names: string): Uint8Array => {
    const text = bytesOf(`${JSON.stringify(answer).slice(0, -1)},"names":${names}}`);
    const bytes = new Uint8Array(4 + text.length + 8);
    new DataView(bytes.buffer).setUint32(0, text.length, true);
    bytes.set(text, 4);
    return bytes;
  };
  const deep = '['.repeat(1e5) + ']'.repeat(1e5);
  expect(messageOf(message('["x"]'), 'r', 1, trained)?.header).toMatchObject({ worker: 'a', names: ['x'] });
  expect(messageOf(message(deep), 'r', 1, trained)).toBeNull();
  const record = (counted: string): Uint8Array =>
    bytesOf(`{"run":"r","round":1,"start":"f","counted":${counted}}`);
  expect(recordOf(record('[{"seq":1,"worker":"a"}]'), 'r', 1)?.counted).toHaveLength(1);
  expect(recordOf(record(deep), 'r', 1)).toBeNull();
  x.dispose();
});

it('what is given has the documented form', async () => {
  const x = tf.tidy(() => tf.variable(tf.tensor1d([1, 2]), true, 'x'));
  const [optimizer, outer] = [new AdamW(), new AdamW()];
  const right = {
    connection: { subscribe: () => undefined },
    run: 'r',
    optimizer,
    outer,
    variables: [x],
    localSteps: 1,
  };
  const refused = async (more: object | null, message: string): Promise<void> => {
    const given = more && { ...right, ...more };
    await expect(distributedRounds(given as never)).rejects.toThrow(message);
  };
  await refused(null, 'distributedRounds: options must be an object, got null');
  await refused(
    { optimizer: {} },
    'distributedRounds: optimizer must be an optimizer, got an object (Object)',
  );
  await refused({ outer: {} }, 'distributedRounds: outer must be an optimizer, got an object (Object)');
  await refused(
    { variables: [null] },
    'distributedRounds: variables must be float32 variables, got null for "[0]"',
  );
  await refused(
    { variables: undefined, model: { layers: [{ weights: [{}] }] } },
    'distributedRounds: must be given a model or variables, got ',
  );
  await expect(outerStep(outer, [x], null as never)).rejects.toThrow(
    'outerStep: averaged must be averages by name, or a Map of them, got null',
  );
  await expect(outerStep({} as never, [x], { x })).rejects.toThrow(
    'outerStep: optimizer must be an optimizer',
  );
  await expect(onParametersReplaced(null as never, 'keep')).rejects.toThrow(
    'onParametersReplaced: optimizer must be an optimizer, got null',
  );
  expect(() => averageWeights(5 as never)).toThrow(
    'averageWeights: list must be an array of tensors by name, got 5',
  );
  expect(() => averageWeights([{ x }], ['1'] as never)).toThrow(
    'averageWeights: counts must be an array of numbers, got ["1"]',
  );
  for (const each of [optimizer, outer, x]) each.dispose();
});
