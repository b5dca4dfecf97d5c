// SPDX-License-Identifier: Apache-2.0
// What a faulty rule gets: an error that names it, and nothing has changed then.

import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { defineTensorFunction, type Expression } from '@optim/fusion';
import type { Optimizer, Results } from '../src/authoring.js';
import { probe, type ProbeOptions, type Symbols } from './probe.js';
import { read, step, variable } from './rules.js';

let a: tf.Variable;
let b: tf.Variable;
const made: Optimizer<ProbeOptions>[] = [];

beforeEach(() => {
  a = variable('a', [3, 4]);
  b = variable('b', [0, 0, 2]);
});

afterEach(() => {
  tf.dispose([a, b]);
  for (const optimizer of made.splice(0)) optimizer.dispose();
});

describe('a faulty rule', () => {
  const failing =
    (parts: object): (() => void) =>
    () => {
      const optimizer = new (probe(parts))();
      made.push(optimizer);
      step(optimizer, a, b);
    };

  it.each([
    [
      'shapes',
      { update: ({ param, grad }: Symbols) => ({ param: param!.add(grad!.sum([0])).broadcastTo([2, 2]) }) },
      'Probe.update: output "param" has shape [2,2], but what it replaces has [2]',
    ],
    [
      'an output nobody has',
      { update: ({ param }: Symbols) => ({ v: param! }) },
      'Probe.update: output "v" is neither param nor a slot',
    ],
    [
      'JavaScript arithmetic',
      { update: ({ param, grad }: Symbols) => ({ param: (+param! - +grad!) as never }) },
      'Probe.update: an expression of shape [2] has no value yet; write a.add(b), not a + b',
    ],
    [
      'a forgotten slot',
      { update: ({ param, m }: Symbols) => ({ param: param!.add(m!) }) },
      'Probe.update: add: operand 2 must be an expression or a number, got undefined (shapes [2] and undefined)',
    ],
    [
      'a condition for a number',
      { update: ({ param }: Symbols) => ({ param: param!.greater(0) }) },
      'Probe.update: output "param" is a condition, not a number',
    ],
    [
      'a sum that is none',
      { rounds: () => [{ observe: ({ grad }: Symbols) => ({ grad: grad! }), combine: () => ({}) }] },
      'Probe.observe: "grad" must be a scalar, got shape [2]',
    ],
    [
      'a slot',
      { slots: () => ({ m: (param: Expression) => param.sum([5]) }) },
      'Probe.slots: sum: axis 5 is not an axis of shape [2]',
    ],
  ])('is named, and nothing has changed: %s', async (_, parts, message) => {
    expect(failing(parts)).toThrow(new TypeError(message));
    expect(await read(a)).toEqual([3, 4]);
    expect(made[0]!.iterations).toBe(0);
    for (const { updates } of (await made[0]!.stateDict()).parameters) expect(updates).toBe(0);
  });

  it('in the second parameter alone leaves the first as it was', async () => {
    const update = ({ param }: Symbols): Results => ({
      param: param!.add(param!.size === 3 ? (undefined as never) : 1),
    });
    expect(failing({ update })).toThrow(TypeError);
    expect([...(await read(a)), ...(await read(b))]).toEqual([3, 4, 0, 0, 2]);
  });

  it('of which a function refuses a tensor only when it is run names the parameter', () => {
    const refusing = defineTensorFunction({
      name: 'refusing',
      shapes: ([x]) => [x!],
      run() {
        throw new RangeError('refusing: x must be fine, got NaN');
      },
    });
    const update = ({ param }: Symbols): Results => ({ param: refusing([param!])[0]! });
    expect(failing({ update })).toThrow(new RangeError('Probe: "a": refusing: x must be fine, got NaN'));
  });

  it('that fails half way says so until a state is loaded', async () => {
    const refusing = defineTensorFunction({
      name: 'refusing',
      shapes: ([x]) => [x!],
      run: ([x]) => {
        if (x!.size === 3 && isFailing) throw new Error('out of memory');
        return [tf.clone(x!)];
      },
    });
    let isFailing = false;
    const update = ({ param, grad }: Symbols): Results => ({ param: param!.sub(refusing([grad!])[0]!) });
    const optimizer = new (probe({ update }))();
    made.push(optimizer);
    step(optimizer, a, b);
    const state = await optimizer.stateDict();
    const before = [...(await read(a)), ...(await read(b))];
    isFailing = true;
    expect(() => step(optimizer, a, b)).toThrow(new Error('out of memory'));
    const torn = /^Probe: a step failed when some parameters had made it/;
    isFailing = false;
    expect(() => step(optimizer, a, b)).toThrow(torn);
    await expect(optimizer.stateDict()).rejects.toThrow(torn);
    await expect(optimizer.getWeights()).rejects.toThrow(torn);
    expect(optimizer.iterations).toBe(1);
    await optimizer.loadStateDict(state);
    expect(await optimizer.stateDict()).toEqual(state);
    expect([...(await read(a)), ...(await read(b))].slice(2)).toEqual(before.slice(2));
  });

  it('that fails at the first parameter has changed nothing', async () => {
    let isFailing = true;
    const refusing = defineTensorFunction({
      name: 'refusing',
      shapes: ([x]) => [x!],
      run: ([x]) => {
        if (isFailing) throw new Error('out of memory');
        return [tf.clone(x!)];
      },
    });
    const update = ({ param, grad }: Symbols): Results => ({ param: param!.sub(refusing([grad!])[0]!) });
    const optimizer = new (probe({ update }))();
    made.push(optimizer);
    expect(() => step(optimizer, a, b)).toThrow('out of memory');
    expect([...(await read(a)), ...(await read(b))]).toEqual([3, 4, 0, 0, 2]);
    isFailing = false;
    step(optimizer, a, b);
    expect(optimizer.iterations).toBe(1);
  });
});
