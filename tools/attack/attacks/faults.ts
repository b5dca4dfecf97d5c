// SPDX-License-Identifier: Apache-2.0
// Kernels that fail in a step: all is as it was, or the optimizer says for good that it is half done, until a state is loaded.

import { isDeepStrictEqual } from 'node:util';
import type { BaseOptimizer, StateDict } from '@optim/core';
import * as tf from '@tensorflow/tfjs-core';
import type { Attack } from '../attack.js';
import { mine } from '../hostile.js';
import { Wrong } from '../judge.js';
import { assign, make, seen, train, variables, type Seen } from '../subjects.js';

type Method = (...given: unknown[]) => unknown;

/** Where a step gets its tensors from. */
const sources = ['runKernelFunc', 'makeTensorFromTensorInfo'];
/** What TensorFlow.js keeps when a kernel fails there stays, with its own optimizers too. */
const apart = ['gradients', 'makeTensor', 'makeVariable'];

/** What was made while something ran: a failure may leave what was made just before it. */
const made: tf.Tensor[] = [];

/**
 * Runs something while the k-th kernel or tensor outside gradients fails; none where k is 0.
 *
 * @returns how many there were
 */
function failingAt(k: number, body: () => void): number {
  const engine = tf.engine() as unknown as Record<string, Method>;
  const own = [...sources, ...apart].map((name) => [name, engine[name]!] as const);
  let [count, depth] = [0, 0];
  for (const [name, method] of own)
    engine[name] = (...given) => {
      if (depth === 0 && sources.includes(name) && ++count === k) throw new Error(mine);
      depth += apart.includes(name) ? 1 : 0;
      try {
        const result = method.apply(engine, given);
        if (result instanceof tf.Tensor) made.push(result);
        return result;
      } finally {
        depth -= apart.includes(name) ? 1 : 0;
      }
    };
  try {
    body();
  } finally {
    // They are methods of the prototype.
    for (const [name] of own) Reflect.deleteProperty(engine, name);
  }
  return count;
}

/** What an optimizer has for variables that it has seen and not stepped: nothing but zeros. */
const isUntouched = ({ updates, slots }: StateDict['parameters'][number]): boolean =>
  updates === 0 && Object.values(slots).every(({ data }) => Array.from(data).every((x) => x === 0));

function touched(state: StateDict, of: readonly tf.Variable[]): StateDict {
  const { base, others } = state as unknown as { base?: StateDict; others?: StateDict[] };
  const isOurs = base !== undefined && 'parameters' in base;
  return {
    ...state,
    // Those that an optimizer makes for itself have other names each time.
    parameters: state.parameters.flatMap((each) =>
      isUntouched(each) ? [] : { ...each, name: of.some(({ name }) => name === each.name) ? each.name : '' },
    ),
    ...(isOurs && { base: touched(base, of) }),
    ...(others && { others: others.map((each) => ('parameters' in each ? touched(each, of) : each)) }),
  } as StateDict;
}

/** What a failure may not change. */
async function kept(optimizer: BaseOptimizer, of: readonly tf.Variable[]): Promise<Seen> {
  const { state, ...others } = await seen(optimizer, of);
  return { ...others, state: touched(state, of) };
}

export const attackFaults: Attack = async (subject, judge, random, tries) => {
  const of = variables();
  const first = make(subject);
  train(subject, first, of);
  train(subject, first, of);
  const { state, values } = await seen(first, of);
  first.dispose();
  /** An optimizer that goes on from there; what it leaves is freed. */
  const going = async <T>(
    body: (optimizer: BaseOptimizer, step: () => void) => T | Promise<T>,
  ): Promise<T> => {
    const optimizer = make(subject);
    try {
      await optimizer.loadStateDict(state);
      return await body(optimizer, () => train(subject, optimizer, of));
    } finally {
      optimizer.dispose();
      assign(of, values);
      tf.dispose(made.splice(0).filter(({ isDisposed }) => !isDisposed));
    }
  };
  const count = await going((_, step) => failingAt(0, step));
  for (let i = 0; i < tries; i++) {
    const k = 1 + random.below(count);
    const fail = async (optimizer: BaseOptimizer, step: () => void): Promise<void> => {
      const before = await kept(optimizer, of);
      try {
        failingAt(k, step);
      } catch {
        const now: unknown = await kept(optimizer, of).catch((late: unknown) => late);
        if (isDeepStrictEqual(now, before)) return;
        if (!(now instanceof Error && now.message.includes('load a state')))
          throw new Wrong('neither as it was nor said to be half done');
        if (takes(step)) throw new Wrong('goes on from a half step');
        await optimizer.loadStateDict(state);
      }
    };
    await judge.judge({
      attack: 'kernels that fail',
      what: `${subject.name}: the ${k}th of ${count}`,
      names: subject.names,
      call: () => going(fail),
    });
  }
  tf.dispose(of);
};

function takes(step: () => void): boolean {
  try {
    step();
    return true;
  } catch {
    return false;
  }
}
