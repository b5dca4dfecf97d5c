// SPDX-License-Identifier: Apache-2.0
// What becomes of the state of an inner optimizer when the weights it trains are replaced.

import { assertOptimizer } from '@optim/contract';
import { constant, type Expression } from '@optim/fusion';
import { show } from '@optim/options';
import type { ForeignState, StateDict } from '@optim/state';
import type * as tf from '@tensorflow/tfjs-core';

/** Whether an inner optimizer keeps its state when its weights are replaced, or starts anew. */
export type OnReplaced = 'keep' | 'reset';

/** An optimizer of `@optim`, as far as it is looked at here. */
export interface Stateful extends tf.Optimizer {
  stateDict(): Promise<StateDict>;
  loadStateDict(state: StateDict): Promise<void>;
  keepOptions(): () => void;
}

export function isStateful(optimizer: tf.Optimizer): optimizer is Stateful {
  return 'stateDict' in optimizer && 'loadStateDict' in optimizer;
}

type Slots = (settings: object) => Readonly<Record<string, unknown>>;

/** What is looked at of rules and of optimizers made of them. */
interface Parts {
  readonly constructor: { readonly rule?: { readonly slots?: Slots } };
  readonly rules?: Readonly<Record<string, { readonly slots?: Slots }>>;
  readonly settings?: object;
  readonly base?: tf.Optimizer;
  readonly others?: readonly tf.Optimizer[];
}

/** Rules whose weights are a function of a slot that begins at 0. */
const made: Readonly<Record<string, readonly string[]>> = { FTRL: ['z'] };

/** Whether a slot begins as the parameter itself. */
function isPoint(init: unknown): boolean {
  if (typeof init !== 'function') return false;
  const param = constant(0).broadcastTo([2, 2]);
  return (init as (param: Expression, traits: object) => unknown)(param, {}) === param;
}

/** The slots of an optimizer, and of those inside it, that hold a point among the weights: `Lookahead.slow`. */
export function pointsOf(optimizer: tf.Optimizer): string[] {
  const { constructor, rules = {}, settings = {}, base, others = [] } = optimizer as unknown as Parts;
  const owner = optimizer.getClassName();
  const own = [constructor.rule, ...Object.values(rules)].flatMap((rule) =>
    Object.entries(rule?.slots?.(settings) ?? {}).flatMap(([slot, init]) => (isPoint(init) ? [slot] : [])),
  );
  const names = [...new Set([...own, ...(made[owner] ?? [])])].map((slot) => `${owner}.${slot}`);
  return [...names, ...[base, ...others].flatMap((each) => (each ? pointsOf(each) : []))];
}

/** The state of the same optimizer before its first step. */
function fresh(state: StateDict | ForeignState): StateDict {
  if ('weights' in state)
    throw new TypeError(
      `onParametersReplaced: ${state.optimizer} of TensorFlow.js cannot be reset; use an optimizer of @optim, or 'keep'`,
    );
  const { base, others, ...rest } = state;
  return {
    ...rest,
    step: 0,
    globals: {},
    parameters: [],
    ...(base && { base: fresh(base) }),
    ...(others && { others: others.map(fresh) }),
  };
}

/**
 * Refuses an optimizer whose state would not fit weights that were replaced.
 *
 * @throws RangeError for 'keep' with slots that hold a point; TypeError for 'reset' with an optimizer that is not of `@optim`
 */
export function assertReplaceable(optimizer: tf.Optimizer, mode: OnReplaced): void {
  assertOptimizer('onParametersReplaced', optimizer);
  if (mode !== 'keep' && mode !== 'reset')
    throw new RangeError(`onParametersReplaced: mode must be one of 'keep', 'reset', got ${show(mode)}`);
  const points = mode === 'keep' ? pointsOf(optimizer) : [];
  if (points.length > 0)
    throw new RangeError(
      `onParametersReplaced: mode must be 'reset' with ${points.join(', ')}, which would stay where the old weights were, got 'keep'`,
    );
  if (mode === 'reset' && !isStateful(optimizer))
    throw new TypeError(
      `onParametersReplaced: ${optimizer.getClassName()} of TensorFlow.js cannot be reset; use an optimizer of @optim, or 'keep'`,
    );
}

/**
 * Tells an inner optimizer that its weights were replaced, by those of a new round.
 *
 * 'keep', as in DiLoCo: moments and counts of steps go on, since the weights of all workers are close. 'reset', as in FedAvg with
 * many workers that take part rarely: slots, counts and schedules start anew with the next step. A slot that holds a point among
 * the weights (z of Schedule-Free, the slow weights of Lookahead, x₀ of Prodigy) is wrong after that: such optimizers take 'reset'
 * alone.
 *
 * @throws RangeError (as a rejection) for 'keep' with such an optimizer; TypeError for 'reset' with one of TensorFlow.js itself
 */
export async function onParametersReplaced(optimizer: tf.Optimizer, mode: OnReplaced): Promise<void> {
  assertReplaceable(optimizer, mode);
  if (mode === 'keep' || !isStateful(optimizer)) return;
  const state = fresh(await optimizer.stateDict());
  // Options that were set meanwhile stay.
  const putBack = optimizer.keepOptions();
  await optimizer.loadStateDict(state);
  putBack();
}
