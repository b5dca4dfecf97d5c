// SPDX-License-Identifier: Apache-2.0
// The variables of an optimizer, and the one long vector that stands for them.

import { hold, isAlive, total, type Engine, type Entry, type Parameter } from '@optim/core/authoring';
import { concatenated, moveAlong, parted } from '@optim/full-batch';
import * as tf from '@tensorflow/tfjs-core';
import { vectors } from './direction.js';

/** The loss and its gradient at one point. */
export interface Evaluation {
  readonly loss: tf.Scalar;
  /** Of all variables, one after the other; zero of those without a gradient. */
  readonly gradient: tf.Tensor1D;
  /** The variables that have a gradient. */
  readonly present: ReadonlySet<tf.Variable>;
}

/** What a rule makes of a gradient. */
export type Made = Readonly<Record<string, tf.Tensor>>;

/** All that a call may change, as it was. */
export interface Held {
  undo(): void;
  release(): void;
}

/** The variables, in the order in which they were made, and the vector whose slots are the state of all. */
export class Vector {
  #own: tf.Variable | undefined;

  constructor(
    private readonly engine: () => Engine,
    private readonly step: () => number,
  ) {}

  /** Stands for all variables; its value says nothing. */
  get variable(): tf.Variable {
    return this.#own!;
  }

  get #parameters(): Parameter[] {
    return this.engine().state.ordered();
  }

  get variables(): tf.Variable[] {
    return this.#parameters.flatMap(({ variable }) => (variable === this.#own ? [] : [variable]));
  }

  get #slots(): Parameter['slots'] {
    return this.#parameters.find(({ variable }) => variable === this.#own)!.slots;
  }

  /** Makes the vector for variables. @throws RangeError where it stands for others */
  stand(variables: readonly tf.Variable[]): void {
    // Gone with all variables, or forgotten by a reset.
    if (this.#own && !this.#parameters.some(({ variable }) => variable === this.#own)) {
      if (isAlive(this.#own)) this.#own.dispose();
      this.#own = undefined;
    }
    if (!this.#own) this.#begin(variables);
    const known = new Set(this.variables);
    const other = variables.find((variable) => !known.has(variable));
    const size = [...known].reduce((sum, variable) => sum + variable.size, 0);
    if (other || size !== this.variable.size)
      throw new RangeError(
        `LBFGS: variables must be the ${known.size} of the first step, ${other ? `got another, "${other.name}"` : 'some of which were disposed'}; make a new optimizer`,
      );
    const [waiting] = this.engine().state.waiting;
    if (waiting)
      throw new RangeError(
        `LBFGS: the saved state is also of "${waiting.name}", which is none of the variables`,
      );
  }

  #begin(variables: readonly tf.Variable[]): void {
    const size = variables.reduce((sum, variable) => sum + variable.size, 0);
    const own = tf.tidy(() => tf.variable(tf.zeros([size]), false));
    vectors.add(own);
    try {
      tf.tidy(() => void this.engine().adopt([...variables, own], this.step()));
    } catch (error) {
      own.dispose();
      throw error;
    }
    this.#own = own;
  }

  /** The gradients in the order of the variables. */
  gathered(entries: readonly Entry[], made: readonly Made[], loss: tf.Scalar | undefined): Evaluation {
    const found = new Map(entries.map(({ variable }, i) => [variable, made[i]!]));
    const penalties = made.flatMap(({ penalty }) => (penalty ? [penalty] : []));
    const tensors = tf.tidy(() => ({
      loss: tf.clone(total([loss ?? tf.scalar(0), ...penalties])),
      gradient: concatenated(
        this.variables.map((variable) => found.get(variable)?.['gradient'] ?? tf.zerosLike(variable)),
      ),
    }));
    return { ...tensors, present: new Set(found.keys()) };
  }

  /** The direction does not move variables without a gradient. */
  keepStill(present: ReadonlySet<tf.Variable>): void {
    const { variables } = this;
    if (variables.every((variable) => present.has(variable))) return;
    tf.tidy(() => {
      const moving = variables.map((variable) =>
        present.has(variable) ? tf.onesLike(variable) : tf.zerosLike(variable),
      );
      const { d } = this.#slots;
      d!.assign(tf.mul(d!, concatenated(moving)));
    });
  }

  /** g·d. To be called in a tidy. */
  slopeAt(gradient: tf.Tensor1D): tf.Scalar {
    return tf.sum(tf.mul(gradient, this.#slots['d']!));
  }

  /** Moves all variables along the direction, from points. */
  move(points: readonly tf.Tensor[], length: number | tf.Tensor): void {
    const { variables } = this;
    tf.tidy(() => moveAlong(variables, points, parted(this.#slots['d']!, variables), length));
  }

  /** Keeps the length of the step that was made. */
  keepLength(length: number): void {
    tf.tidy(() => this.#slots['t']!.assign(tf.scalar(length)));
  }

  /** Counts an update of the variables that have a gradient. */
  count(present: ReadonlySet<tf.Variable>): void {
    for (const parameter of this.#parameters)
      if (parameter.variable === this.#own || present.has(parameter.variable)) parameter.updates++;
  }

  /** Holds all that a call changes before it counts. */
  hold(): Held {
    const kept = [
      ...this.variables,
      ...this.engine().state.globals.values(),
      ...this.#parameters.flatMap(({ slots }) => Object.values(slots)),
    ];
    const values = kept.map(hold);
    return {
      undo: () => kept.forEach((variable, i) => variable.assign(values[i]!)),
      release: () => tf.dispose(values),
    };
  }

  dispose(): void {
    if (this.#own && isAlive(this.#own)) this.#own.dispose();
    this.#own = undefined;
  }
}
