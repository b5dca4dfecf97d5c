// SPDX-License-Identifier: Apache-2.0
// Tensors that are made only to be handed out. TensorFlow.js never disposes what it saves.

import * as tf from '@tensorflow/tfjs-core';
import type { NamedWeight } from './weights.js';

/** One answer of `getWeights`: its tensors, and those that nobody has read yet. */
interface Answer {
  readonly tensors: readonly tf.Tensor[];
  readonly unread: Set<tf.Tensor>;
}

/** Answers that are kept although they have not been read, as two savers at once need. */
const mostUnread = 4;

/** Frees what was handed out at a later call: when it has been read, or when newer answers have taken its place. */
export class HandedOut {
  #answers: Answer[] = [];

  add(weights: readonly NamedWeight[]): void {
    const tensors = weights.map(({ tensor }) => tensor);
    const kept = this.#answers.filter(({ unread }) => unread.size > 0).slice(-mostUnread + 1);
    for (const answer of this.#answers) if (!kept.includes(answer)) tf.dispose([...answer.tensors]);
    const unread = new Set(tensors);
    for (const tensor of tensors) {
      tf.keep(tensor);
      const data = tensor.data.bind(tensor);
      tensor.data = async () => {
        const values = await data();
        unread.delete(tensor);
        return values as never;
      };
    }
    this.#answers = [...kept, { tensors, unread }];
  }

  dispose(): void {
    for (const { tensors } of this.#answers) tf.dispose([...tensors]);
    this.#answers = [];
  }
}
