// SPDX-License-Identifier: Apache-2.0
// Training data in the forms in which users have it.

import * as tf from '@tensorflow/tfjs-core';
import { isRecord, show } from '@optim/options';

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

/** Batches one by one; what was cut for a batch, or given by a data set, is freed when the next one is asked for. */
export async function* batchesOf(owner: string, data: Data): AsyncGenerator<{ xs: Tensors; ys?: Tensors }> {
  if (isRecord(data) && data['xs'] instanceof tf.Tensor) {
    yield* cut(data as { xs: tf.Tensor; ys?: tf.Tensor; batchSize?: number });
  } else if (typeof (data as Dataset)?.iterator === 'function') {
    const iterator = await (data as Dataset).iterator();
    for (let next = await iterator.next(); !next.done; next = await iterator.next()) {
      try {
        yield pairOf(next.value as Batch);
      } finally {
        tf.dispose(next.value as tf.Tensor);
      }
    }
  } else if (isIterable(data)) {
    for await (const batch of data) yield pairOf(batch);
  } else {
    throw new TypeError(
      `${owner}: data must be { xs, ys }, an iterable of batches or a data set, got ${show(data)}`,
    );
  }
}

function isIterable(data: unknown): data is Iterable<Batch> {
  return (
    typeof data === 'object' && data !== null && (Symbol.iterator in data || Symbol.asyncIterator in data)
  );
}

function pairOf(batch: Batch): { xs: Tensors; ys?: Tensors } {
  return isRecord(batch) && 'xs' in batch
    ? (batch as { xs: Tensors; ys: Tensors })
    : { xs: batch as Tensors };
}

async function* cut(data: {
  xs: tf.Tensor;
  ys?: tf.Tensor;
  batchSize?: number;
}): AsyncGenerator<{ xs: Tensors; ys?: Tensors }> {
  const { xs, ys, batchSize = 32 } = data;
  const rows = xs.shape[0]!;
  for (let from = 0; from < rows; from += batchSize) {
    const size = Math.min(batchSize, rows - from);
    const part = (of: tf.Tensor): tf.Tensor => tf.slice(of, from, size);
    const batch = { xs: part(xs), ...(ys && { ys: part(ys) }) };
    try {
      yield batch;
    } finally {
      tf.dispose(batch);
    }
  }
}
