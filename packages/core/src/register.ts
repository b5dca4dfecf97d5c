// SPDX-License-Identifier: Apache-2.0

import * as tf from '@tensorflow/tfjs-core';
import { show } from '@optim/options';
import type { BaseOptimizer } from '@optim/contract';

type Class = abstract new (...args: never[]) => BaseOptimizer;

/** What {@link registerWith} needs of TensorFlow.js: any copy and any version of it has this. */
export interface TensorFlow {
  readonly serialization: { readonly registerClass: (...args: never[]) => unknown };
}

/** Every copy of TensorFlow.js that can load models with our optimizers, and every class that they know. */
const copies = new Set<TensorFlow['serialization']>([tf.serialization]);
const known = new Set<Class>();

function enter(copy: TensorFlow['serialization'], cls: Class): void {
  (copy.registerClass as (cls: Class) => void)(cls);
}

/**
 * Makes classes known to TensorFlow.js by their `className`, so that a model saved with the optimizer can be loaded.
 * Packages call it for their own classes when they are imported.
 */
export function register(...classes: readonly Class[]): void {
  for (const cls of classes) {
    known.add(cls);
    for (const copy of copies) enter(copy, cls);
  }
}

/**
 * Makes the optimizers of `@optim` known to another copy of TensorFlow.js, which can then load models that were saved
 * with them. A page whose `tf.min.js` comes by a script tag has two copies: that one and the one our modules import.
 *
 * ```ts
 * import { register } from '@optim/core';
 * import * as tf from '@tensorflow/tfjs-core';
 *
 * register(tf); // on such a page: register(window.tf)
 * ```
 *
 * @param copy - the TensorFlow.js that loads models; classes that are imported later are entered there too
 * @throws TypeError when it is not TensorFlow.js
 */
export function registerWith(copy: TensorFlow): void {
  const serialization = (copy as Partial<TensorFlow> | null | undefined)?.serialization;
  if (typeof serialization?.registerClass !== 'function')
    throw new TypeError(`@optim/core: register takes TensorFlow.js, got ${show(copy)}`);
  if (copies.has(serialization)) return;
  copies.add(serialization);
  for (const cls of known) enter(serialization, cls);
}
