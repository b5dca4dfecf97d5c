// SPDX-License-Identifier: Apache-2.0
// The iterations of one call, on the host.

import { hold } from '@optim/core/authoring';
import { type Work } from '@optim/full-batch';
import * as tf from '@tensorflow/tfjs-core';
import type { LBFGSOptions } from './options.js';
import { strongWolfe, type Search, type Trial } from './strong-wolfe.js';
import type { Evaluation, Vector } from './vector.js';

/** Where a call takes place. */
export interface Place {
  readonly settings: Required<LBFGSOptions>;
  readonly vector: Vector;
  /** Evaluates once more, at where the variables are. */
  readonly again: () => Evaluation;
  /** Finds the direction from there, and the length t₀, g·d, max |d|. */
  readonly direct: (evaluation: Evaluation) => Record<'stride' | 'slope' | 'span', tf.Tensor>;
}

/** A trial with what was evaluated there. */
interface Point extends Trial {
  readonly evaluation: Evaluation;
}

/** Evaluations of a call after the first; all that is not needed any more is freed at its end. */
class Evaluations {
  readonly made: Evaluation[] = [];

  constructor(private readonly place: Place) {}

  /** Of all evaluations, the first included. */
  get count(): number {
    return this.made.length + 1;
  }

  again(): Evaluation {
    const evaluation = this.place.again();
    this.made.push(evaluation);
    return evaluation;
  }

  dispose(): void {
    tf.dispose(this.made.flatMap(({ loss, gradient }) => [loss, gradient]));
  }
}

/** Scalars as one tensor, to be read. */
function numbers(scalars: readonly tf.Tensor[]): tf.Tensor {
  return tf.tidy(() => tf.stack(scalars.map((scalar) => tf.reshape(scalar, []))));
}

/** The loss, and g·d, of an evaluation. */
function* trialOf(evaluation: Evaluation, at: number, { vector }: Place): Work<Point> {
  const [value, slope] = yield tf.tidy(() => numbers([evaluation.loss, vector.slopeAt(evaluation.gradient)]));
  return { at, value: value!, slope: slope!, evaluation };
}

/** Searches a length, and goes there. Whenever numbers are waited for, variables are at the start. */
function* searched(
  search: Search & { readonly start: Point },
  points: readonly tf.Variable[],
  place: Place,
  evaluations: Evaluations,
): Work<Point> {
  const { vector } = place;
  const lengths = strongWolfe(search);
  let step = lengths.next();
  while (!step.done) {
    vector.move(points, step.value);
    let evaluation: Evaluation;
    try {
      evaluation = evaluations.again();
    } finally {
      vector.variables.forEach((variable, i) => variable.assign(points[i]!));
    }
    step = lengths.next(yield* trialOf(evaluation, step.value, place));
  }
  vector.move(points, step.value.at);
  vector.keepLength(step.value.at);
  return step.value;
}

/**
 * Iterates until one of the rules ends the call.
 *
 * @param first - the evaluation at the start
 * @returns the number of evaluations, the first included
 */
export function* iterate(first: Evaluation, place: Place): Work<number> {
  const { settings, vector } = place;
  const { lineSearch, maxIterations, toleranceChange } = settings;
  const most = settings.maxEvaluations ?? Math.max(25, Math.floor(1.25 * maxIterations));
  const evaluations = new Evaluations(place);
  let points: tf.Variable[] = [];
  try {
    let now = first;
    for (let iteration = 1; ; iteration++) {
      const found = place.direct(now);
      const asked = numbers([now.loss, found.stride, found.slope, found.span]);
      tf.dispose(found);
      const read = yield asked;
      const [value, stride, slope, span] = [...read] as [number, number, number, number];
      if (!Number.isFinite(value) || !Number.isFinite(slope))
        throw new RangeError(`LBFGS: loss and gradient must be finite, got a loss of ${value}`);
      if (stride === 0) return evaluations.count;
      points = vector.variables.map(hold);
      const isLast = iteration === maxIterations;
      let end: Point;
      if (lineSearch === null) {
        vector.move(points, stride);
        if (isLast) return evaluations.count;
        end = yield* trialOf(evaluations.again(), stride, place);
      } else {
        const start: Point = { at: 0, value, slope, evaluation: now };
        const budget = most - evaluations.count;
        const search = { start, first: stride, budget, span, toleranceChange };
        end = yield* searched(search, points, place, evaluations);
      }
      tf.dispose(points);
      const isStill = end.at * span <= toleranceChange || Math.abs(end.value - value) < toleranceChange;
      if (isLast || isStill || evaluations.count >= most) return evaluations.count;
      now = end.evaluation;
    }
  } finally {
    tf.dispose(points.filter((point) => !point.isDisposed));
    evaluations.dispose();
  }
}
