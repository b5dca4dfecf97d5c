// SPDX-License-Identifier: Apache-2.0
// The tape on which TensorFlow.js records gradients. It is not public: where there is none of this form, nothing happens.

import * as tf from '@tensorflow/tfjs-core';

/**
 * TensorFlow.js keeps the tensors that a gradient will need on its tape, and forgets them there when the loss throws.
 */
export function releaseTape(): void {
  const { state } = tf.engine() as unknown as {
    state?: { gradientDepth?: number; activeTape?: { saved?: tf.Tensor[] }[] | null };
  };
  if (state?.gradientDepth !== 0 || !Array.isArray(state.activeTape)) return;
  for (const { saved } of state.activeTape) tf.dispose(saved ?? []);
  state.activeTape = null;
}

/** Runs what takes gradients of its own in the backward pass of others, whose tape TensorFlow.js would forget over it. */
export function apart<T>(body: () => T): T {
  const { state } = tf.engine() as unknown as { state?: { activeTape?: unknown } };
  const tape = state?.activeTape;
  try {
    return body();
  } finally {
    if (state && tape) state.activeTape = tape;
  }
}
