// SPDX-License-Identifier: Apache-2.0
// State as it is at one moment, in tensors.

import * as tf from '@tensorflow/tfjs-core';
import type { GlobalValue, SavedParameter } from './state-dict.js';

/** State held as it is now, whatever happens to the optimizer: its tensors are clones, which the holder disposes. */
export interface HeldState {
  readonly globals: readonly (readonly [name: string, value: tf.Tensor])[];
  readonly parameters: readonly (Omit<SavedParameter, 'slots'> & {
    readonly slots: readonly (readonly [name: string, value: tf.Tensor])[];
  })[];
  /** What was loaded for variables that have not appeared yet. */
  readonly waiting: readonly SavedParameter[];
  /** First values of all globals, which hold for those that no step has made yet. */
  readonly firstGlobals: Readonly<Record<string, GlobalValue>>;
}

/** A tensor of its own with the same numbers; kernels do not write in place what it shares. */
export function held(tensor: tf.Tensor): tf.Tensor {
  return tf.keep(tf.clone(tensor));
}

/** A tensor of its own that may be read: the cpu backend gives the very array to whoever does, and kernels write on in it. */
export function readable(tensor: tf.Tensor): tf.Tensor {
  if (tf.getBackend() !== 'cpu') return held(tensor);
  return tf.keep(tf.tensor(tensor.dataSync().slice(), tensor.shape, tensor.dtype));
}
