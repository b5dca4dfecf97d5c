// SPDX-License-Identifier: Apache-2.0

import { readOptimizer } from '@optim/callbacks';
import { readNorms } from '@optim/hooks';
import { integer, resolveOptions, show, type OptionTable } from '@optim/options';
import type * as tf from '@tensorflow/tfjs-core';
import { Panel, type Facts } from './panel.js';
import { History } from './history.js';

/** Options of {@link inspect}. */
export interface InspectOptions {
  /** How many readings the lines show; an integer in [2, ∞), default 300. */
  length?: number;
}

/** What {@link inspect} makes. */
export interface Inspector {
  /**
   * Reads the norms of the last step, and shows them. While one reading waits for the backend, further calls wait for it too and
   * read nothing themselves: call it after every step.
   */
  update(): Promise<void>;
  /** Removes the panel. The optimizer stays as it is. */
  dispose(): void;
}

const table: OptionTable<InspectOptions> = { length: integer('[2, ∞)', 300) };

/** Steps that any guard left out; `undefined` where there is none. */
function skippedOf(numbers: Readonly<{ [name: string]: number }>): number | undefined {
  const counts = Object.entries(numbers).filter(([name]) => name.endsWith('.skipped'));
  return counts.length === 0 ? undefined : counts.reduce((sum, [, count]) => sum + count, 0);
}

/**
 * Puts a panel into an element of the page that shows how an optimizer trains: norms of gradient, update and parameter by
 * variable, the ratio of update to parameter, the learning rate, the steps that guards left out. The first number that is not
 * finite is a button that leads to its variable.
 *
 * **Hint:** a ratio of about 1e-3 is usual. A variable whose ratio is far from that of the others may want a rate of its own.
 *
 * @param element - what the panel is put into, after what is there
 * @param optimizer - with the hook `monitor` of `@optim/hooks`, or a wrapper around one; without it the panel stays empty
 * @throws TypeError for what is no element; RangeError for a length that is no integer from 2 on
 * @example
 * ```ts
 * const inspector = inspect(panel, optimizer);
 * for (const { x, y } of batches) {
 *   optimizer.minimize(() => loss(x, y));
 *   await inspector.update();
 * }
 * ```
 */
export function inspect(
  element: HTMLElement,
  optimizer: tf.Optimizer,
  options: InspectOptions = {},
): Inspector {
  if (typeof (element as Partial<HTMLElement> | null)?.append !== 'function')
    throw new TypeError(`inspect: element must be an element of a page, got ${show(element)}`);
  const { length } = resolveOptions('inspect', table, options);
  const history = new History(length);
  const panel = new Panel(element, history);
  let isDisposed = false;
  let reading: Promise<void> | null = null;

  async function read(): Promise<void> {
    const { iterations } = optimizer as { iterations?: number };
    const [norms, numbers] = await Promise.all([readNorms(optimizer), readOptimizer(optimizer)]);
    if (!norms || isDisposed) return;
    history.add({ step: iterations ?? history.readings.length + 1, norms });
    const skipped = skippedOf(numbers as Readonly<{ [name: string]: number }>);
    const facts: Facts = { learningRate: numbers['learningRate'] as number };
    panel.show(skipped === undefined ? facts : { ...facts, skipped });
  }

  return {
    update(): Promise<void> {
      reading ??= read().finally(() => (reading = null));
      return reading;
    },
    dispose(): void {
      isDisposed = true;
      panel.dispose();
    },
  };
}
