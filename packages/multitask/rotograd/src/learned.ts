// SPDX-License-Identifier: Apache-2.0
// What RotoGrad learns beside the network, P of every task and ω, and what it keeps for them.

import { filled, type Parameter, type Recurrence } from '@optim/core/authoring';
import { copy } from '@optim/formulas';
import * as tf from '@tensorflow/tfjs-core';
import type { Found } from './backward.js';
import type { RotoGradOptions } from './options.js';
import { firstRotations } from './rotations.js';

type Slots = 'value' | 'start' | 'loss' | 'size';

/** The variables, made when the first step says how many tasks there are and how wide features are. */
export class Learned {
  /** P of every task. */
  rotations: tf.Variable[] = [];
  /** Of RotoGradNorm. */
  omega: tf.Variable | undefined;
  #starts: ReadonlyMap<tf.Variable, readonly number[]> = new Map();

  readonly rule: Recurrence<RotoGradOptions, Slots> = {
    slots: () => ({
      value: copy,
      // Nothing of ω.
      start: filled((variable) => this.#starts.get(variable) ?? new Float32Array(variable.size)),
      loss: filled(
        () => [0],
        () => [],
      ),
      size: filled(
        () => [0],
        () => [],
      ),
    }),
    update: () => ({}),
  };

  /** @param adopt - gives the parameters of variables, whose slots are made or taken over from what was loaded */
  constructor(private readonly adopt: (variables: readonly tf.Variable[]) => Parameter[]) {}

  get #variables(): tf.Variable[] {
    return [...this.rotations, ...(this.omega ? [this.omega] : [])];
  }

  /** The parameters: of rotations, then of ω. */
  parameters(): Parameter[] {
    return tf.tidy(() => this.adopt(this.#variables) as never);
  }

  /**
   * Makes the variables where there are none.
   *
   * @throws RangeError for another number of tasks than before, or features narrower than what is rotated
   */
  prepare(settings: Required<RotoGradOptions>, tasks: number, width: number): void {
    const { method, latentSize } = settings;
    const [first] = this.rotations;
    const size = first?.shape[0] ?? latentSize ?? width;
    if (size > width) {
      throw new RangeError(
        `RotoGrad: latentSize must be at most the width of the features, ${width}, got ${size}`,
      );
    }
    if (first && this.rotations.length !== tasks) {
      throw new RangeError(`RotoGrad: losses must be ${this.rotations.length} as before, got ${tasks}`);
    }
    if (first) return;
    const starts = firstRotations(settings, tasks, size);
    tf.tidy(() => {
      this.rotations = starts.map(() => tf.variable(tf.zeros([size, size]), false));
      if (method === 'RotoGradNorm') this.omega = tf.variable(tf.zeros([tasks]), false);
    });
    this.#starts = new Map(this.rotations.map((rotation, k) => [rotation, starts[k]!]));
    try {
      this.follow();
    } catch (error) {
      this.dispose();
      throw error;
    }
  }

  /** Keeps the values of the variables, and what is compared with later. */
  keep(references: Found['references']): void {
    const parameters = this.parameters();
    for (const { variable, slots } of parameters) slots['value']!.assign(variable);
    references.forEach(({ loss, size }, k) => {
      parameters[k]!.slots['loss']!.assign(loss);
      parameters[k]!.slots['size']!.assign(size);
    });
  }

  /** Gives the variables the values that are kept, which may have been loaded. */
  follow(): void {
    for (const { variable, slots } of this.parameters()) variable.assign(slots['value']!);
  }

  dispose(): void {
    tf.dispose(this.#variables);
    this.rotations = [];
    this.omega = undefined;
  }
}
