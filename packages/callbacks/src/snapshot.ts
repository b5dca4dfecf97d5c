// SPDX-License-Identifier: Apache-2.0
// A training as plain data, and back: weights, optimizer, callbacks, and where it is.
//
// It has the form of the state of an optimizer around the one that trains, so that what encodes, checks and saves states does so
// for it too: weights are its parameters, and what callbacks keep for each are slots.

import { sameShape, showShape } from '@optim/fusion';
import { choice, custom, integer, isRecord, resolveOptions, show } from '@optim/options';
import type { OptionSpec, OptionTable } from '@optim/options';
import { checkForeign, held, loadReading, saveForeign } from '@optim/state';
import type { ForeignState, SavedTensor, StateDict } from '@optim/state';
import * as tf from '@tensorflow/tfjs-core';
import { aNumber } from './best.js';
import { putBack, variablesOf, type Resumable, type Training } from './training.js';

/** Where a training is. */
export interface Position {
  /** Epochs done: the `initialEpoch` of `fit`. */
  readonly epoch: number;
  /** Batches done of the epoch after them. */
  readonly batch: number;
}

/** What a checkpoint says besides tensors. */
export interface Header extends Position {
  /** The value of the metric that checkpoints are compared by; `null` where none was given. */
  readonly metric: number | string | null;
  /** Whether a smaller or a larger metric is better. */
  readonly mode: 'min' | 'max';
  /** States of callbacks, by name. */
  readonly callbacks: Readonly<Record<string, unknown>>;
}

/** Parts of a training by name. */
export type Callbacks = Readonly<Record<string, Resumable>>;

const isResumable = (each: unknown): boolean => {
  const { getState, setState } = (each ?? {}) as Partial<Resumable>;
  return typeof getState === 'function' && typeof setState === 'function';
};

/** The row of {@link Callbacks}. */
export const someCallbacks: OptionSpec = /* #__PURE__ */ custom(
  'an object of what has getState and setState, by name',
  (value) => isRecord(value) && Object.values(value).every(isResumable),
  {},
);

/** The name that stands where an optimizer has its class. */
const kind = 'Checkpoint';

const table: OptionTable<Header> = {
  epoch: /* #__PURE__ */ integer('[0, ∞)'),
  batch: /* #__PURE__ */ integer('[0, ∞)'),
  metric: aNumber,
  mode: /* #__PURE__ */ choice(['min', 'max']),
  callbacks: /* #__PURE__ */ custom('an object', isRecord),
};

/** An optimizer of `@optim`, as far as it is looked at here. */
interface Stateful {
  stateDict(): Promise<StateDict>;
  loadStateDict(state: StateDict | ForeignState): Promise<void>;
}

function isStateful(optimizer: object): optimizer is Stateful {
  return 'stateDict' in optimizer && 'loadStateDict' in optimizer;
}

async function saved(tensor: tf.Tensor): Promise<SavedTensor> {
  return { shape: tensor.shape, data: Float32Array.from(await tensor.data()) };
}

/** The state of an optimizer of ours or of TensorFlow.js as it is now. */
export function stateOf(optimizer: tf.Optimizer): Promise<StateDict | ForeignState> {
  if (isStateful(optimizer)) return optimizer.stateDict();
  return saveForeign(optimizer);
}

/**
 * Takes over what {@link stateOf} gave.
 * @throws TypeError or RangeError for what does not fit; nothing has changed then
 */
export async function loadState(
  optimizer: tf.Optimizer,
  state: StateDict | ForeignState | undefined,
): Promise<void> {
  if (isStateful(optimizer)) await optimizer.loadStateDict(state!);
  else await checkForeign(optimizer, state).commit();
}

/**
 * A training as it is at the moment of the call, whatever happens until the promise is kept.
 * @throws TypeError for a weight that is not float32
 */
export async function takeSnapshot(
  training: Training,
  header: Omit<Header, 'callbacks'>,
  callbacks: Callbacks,
): Promise<StateDict> {
  const variables = variablesOf(training);
  const wrong = variables.find(({ dtype }) => dtype !== 'float32');
  if (wrong)
    throw new TypeError(
      `checkpoint: weight ${show(wrong.name)} must be float32 to be saved, got ${wrong.dtype}`,
    );
  const { optimizer } = training;
  const { iterations: step } = optimizer;
  const kept: Record<string, readonly tf.Tensor[]> = { value: variables };
  const states: Record<string, unknown> = {};
  for (const [name, callback] of Object.entries(callbacks)) {
    states[name] = callback.getState();
    const tensors = callback.getTensors?.() ?? [];
    if (tensors.length > 0) kept[`callbacks.${name}`] = tensors;
  }
  const taken = Object.entries(kept).map(([name, tensors]) => [name, tensors.map(held)] as const);
  try {
    const [base, ...read] = await Promise.all([
      stateOf(optimizer),
      ...taken.map(async ([name, tensors]) => [name, await Promise.all(tensors.map(saved))] as const),
    ]);
    return {
      format: 1,
      optimizer: kind,
      step,
      hyperparameters: { ...header, callbacks: states },
      globals: {},
      parameters: variables.map(({ name, shape }, i) => ({
        name,
        shape,
        dtype: 'float32',
        updates: 0,
        slots: Object.fromEntries(read.map(([slot, tensors]) => [slot, tensors[i]!])),
      })),
      base,
    };
  } finally {
    for (const [, tensors] of taken) tf.dispose([...tensors]);
  }
}

/**
 * A checkpoint, and what it says besides tensors.
 * @throws TypeError or RangeError for what is none
 */
export async function checkpointFrom(given: unknown): Promise<{ state: StateDict; header: Header }> {
  const optimizer = isRecord(given) ? given['optimizer'] : undefined;
  if (optimizer !== kind)
    throw new TypeError(
      `resume: the state must be a checkpoint, got ${optimizer === undefined ? show(given) : `that of ${show(optimizer)}`}`,
    );
  const { checkStateDict } = await loadReading();
  const state = checkStateDict(kind, given);
  return { state, header: resolveOptions<Header>('checkpoint', table, state.hyperparameters) };
}

/**
 * Brings a training to where it was. All is checked before anything changes.
 *
 * @returns what the checkpoint says besides tensors
 * @throws TypeError or RangeError saying what does not fit
 */
export async function putSnapshot(given: unknown, training: Training, callbacks: Callbacks): Promise<Header> {
  const { state, header } = await checkpointFrom(given);
  const variables = variablesOf(training);
  const { parameters, base } = state;
  if (parameters.length !== variables.length)
    throw new RangeError(`resume: the model must have ${parameters.length} weights, got ${variables.length}`);
  parameters.forEach(({ name, slots }, i) => {
    const { name: own, shape } = variables[i]!;
    const wrong = slots['value'] ? Object.values(slots).find((kept) => !sameShape(kept.shape, shape)) : null;
    if (wrong === undefined) return;
    const want = wrong ? showShape(wrong.shape) : 'none';
    throw new RangeError(
      `resume: ${show(own)} must have the shape of ${show(name)}, ${want}, got ${showShape(shape)}`,
    );
  });
  const missing = Object.keys(callbacks).find((name) => !Object.hasOwn(header.callbacks, name));
  if (missing !== undefined)
    throw new RangeError(
      `resume: callbacks must be among those saved (${Object.keys(header.callbacks).join(', ') || 'none'}), got ${show(missing)}`,
    );
  const tensorsOf = (slot: string): tf.Tensor[] =>
    parameters.flatMap(({ slots: { [slot]: kept } }) =>
      kept ? [tf.tensor(kept.data.slice(), [...kept.shape])] : [],
    );
  const back = keptCallbacks(callbacks);
  try {
    tf.tidy(() => {
      for (const [name, callback] of Object.entries(callbacks)) {
        callback.setState(header.callbacks[name] as never);
        callback.setTensors?.(tensorsOf(`callbacks.${name}`));
      }
    });
    await loadState(training.optimizer, base);
  } catch (error) {
    back.restore();
    throw error;
  } finally {
    back.drop();
  }
  tf.tidy(() => putBack(variables, tensorsOf('value')));
  return header;
}

/** Callbacks as they are now, to be brought back where a checkpoint is refused. */
function keptCallbacks(callbacks: Callbacks): { restore(): void; drop(): void } {
  const kept = Object.values(callbacks).map((callback) => {
    return { callback, state: callback.getState(), tensors: (callback.getTensors?.() ?? []).map(held) };
  });
  return {
    restore(): void {
      for (const { callback, state, tensors } of kept) {
        callback.setState(state as never);
        callback.setTensors?.(tensors);
      }
    },
    drop: () => tf.dispose(kept.map(({ tensors }) => tensors)),
  };
}
