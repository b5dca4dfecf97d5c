// SPDX-License-Identifier: Apache-2.0
// Training data in the forms in which users have it.

import { isTensor } from '@optim/contract';
import * as tf from '@tensorflow/tfjs-core';
import { isCallable, isRecord, outOfRange, show } from '@optim/options';

/** Inputs of a batch: a tensor, or several by place or name. */
export type Tensors = tf.Tensor | tf.Tensor[] | { readonly [name: string]: tf.Tensor };

/** A batch: inputs alone, or with targets. */
export type Batch = Tensors | { readonly xs: Tensors; readonly ys: Tensors };

/** A data set of `@tensorflow/tfjs-data`, as far as it is looked at here. */
export interface Dataset {
  iterator(): Promise<{ next(): Promise<IteratorResult<unknown, unknown>> }>;
}

/**
 * All data as tensors, which are cut into batches; or batches: an iterable, or a data set of tfjs-data. Batches that a data
 * set gives are disposed, those of an iterable stay the caller's.
 */
export type Data =
  | { readonly xs: tf.Tensor; readonly ys?: tf.Tensor; readonly batchSize?: number }
  | Iterable<Batch>
  | AsyncIterable<Batch>
  | Dataset;

/**
 * Batches one by one; what was cut for a batch, or given by a data set, is freed when the next one is asked for.
 * @throws TypeError for what is no data, or gives no batches; RangeError for a wrong size
 */
export async function* batchesOf(owner: string, data: Data): AsyncGenerator<{ xs: Tensors; ys?: Tensors }> {
  if (isRecord(data) && 'xs' in data) {
    assertExamples(owner, 'xs', data['xs']);
    yield* cut(owner, data as { xs: tf.Tensor; ys?: tf.Tensor; batchSize?: number });
  } else if (isCallable((data as Dataset)?.iterator)) {
    const iterator = await (data as Dataset).iterator();
    if (!isCallable(iterator?.next)) refuse(owner, 'data must give an iterator with next()', iterator);
    const nextOf = async (): Promise<IteratorResult<unknown, unknown>> => {
      const next: unknown = await iterator.next();
      if (typeof next === 'object' && next !== null && 'value' in next) return next as never;
      return refuse(owner, 'next() of data must give { value, done }', next);
    };
    for (let next = await nextOf(); !next.done; next = await nextOf()) {
      try {
        yield pairOf(owner, next.value);
      } finally {
        tf.dispose(next.value as tf.Tensor);
      }
    }
  } else if (isIterable(data)) {
    for await (const batch of data) yield pairOf(owner, batch);
  } else {
    refuse(owner, 'data must be { xs, ys }, an iterable of batches or a data set', data);
  }
}

function refuse(owner: string, constraint: string, got: unknown): never {
  throw new TypeError(`${owner}: ${constraint}, got ${show(got)}`);
}

function assertExamples(owner: string, name: string, value: unknown): asserts value is tf.Tensor {
  if (!isTensor(value) || value.rank === 0)
    refuse(owner, `${name} must be a tensor with a first axis of examples`, value);
}

/** All tensors among inputs or targets. */
function tensorsIn(owner: string, name: string, given: unknown): tf.Tensor[] {
  const all = isRecord(given)
    ? Object.values(given)
    : Array.isArray(given)
      ? [...(given as unknown[])]
      : [given];
  if (all.length === 0 || !all.every(isTensor)) refuse(owner, `${name} must be tensors`, given);
  return all as tf.Tensor[];
}

function isIterable(data: unknown): data is Iterable<Batch> {
  return (
    typeof data === 'object' && data !== null && (Symbol.iterator in data || Symbol.asyncIterator in data)
  );
}

function pairOf(owner: string, batch: unknown): { xs: Tensors; ys?: Tensors } {
  const { xs, ys } = isRecord(batch) && 'xs' in batch ? batch : { xs: batch, ys: undefined };
  for (const each of tensorsIn(owner, 'xs of a batch', xs)) assertExamples(owner, 'xs of a batch', each);
  if (ys === undefined) return { xs: xs as Tensors };
  tensorsIn(owner, 'ys of a batch', ys);
  return { xs: xs as Tensors, ys: ys as Tensors };
}

async function* cut(
  owner: string,
  data: { xs: tf.Tensor; ys?: tf.Tensor; batchSize?: number },
): AsyncGenerator<{ xs: Tensors; ys?: Tensors }> {
  const { xs, ys, batchSize = 32 } = data;
  const rows = xs.shape[0]!;
  if (ys !== undefined) {
    assertExamples(owner, 'ys', ys);
    if (ys.shape[0] !== rows) throw outOfRange(owner, 'ys', `of ${rows} examples, as xs`, ys.shape[0]);
  }
  if (!Number.isInteger(batchSize) || batchSize < 1)
    throw outOfRange(owner, 'batchSize', 'an integer in [1, ∞)', batchSize);
  for (let from = 0; from < rows; from += batchSize) {
    const size = Math.min(batchSize, rows - from);
    const part = (of: tf.Tensor): tf.Tensor => tf.slice(of, from, size);
    const batch = tf.tidy(() => ({ xs: part(xs), ...(ys && { ys: part(ys) }) }));
    try {
      yield batch;
    } finally {
      tf.dispose(batch);
    }
  }
}
