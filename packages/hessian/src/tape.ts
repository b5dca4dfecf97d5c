// SPDX-License-Identifier: Apache-2.0
// A tape on which gradients can be differentiated again, as often as one likes.
//
// TensorFlow.js loses its way at three places, which are mended while a scope of `higherOrder` is open:
// - What an operation saves of its *output* (tanh, exp, softmax, …) is copied before the operation itself is on the tape,
//   and so the copy counts as a constant in the next pass. The operation is put before the copy.
// - The body of a `tf.customGrad` (logSoftmax, softmax cross-entropy) is not recorded, and so what it saves counts as a
//   constant too. It is recorded here, beside the operation, which keeps its own gradient.
// - Backward operations have no gradient of their own. Theirs are in derivatives.ts.

import * as tf from '@tensorflow/tfjs-core';
import { checkFunction } from './checks.js';
import { constants, corrections, derivatives, refused, type Derivative } from './derivatives.js';
import { override, theEngine, type CustomOperation, type Engine, type TapeNode } from './engine.js';
import { provideKernels } from './kernels.js';

let open = false;
let paused = false;
/** The operation whose gradient function runs. */
let differentiated: string | undefined;

function during<T>(pause: boolean, fn: () => T): T {
  const before = paused;
  paused = pause;
  try {
    return fn();
  } finally {
    paused = before;
  }
}

/** Runs `fn` without recording, as if it were a constant. */
export function unrecorded<T>(fn: () => T): T {
  return during(true, fn);
}

/** Records again within `unrecorded`, until `pause` is called. */
export function recorded<T>(fn: (pause: () => void) => T): T {
  return during(false, () =>
    fn(() => {
      paused = true;
    }),
  );
}

/** Ours: where nobody has registered another, or the one of TensorFlow.js is wrong. */
function derivativeOf(kernelName: string): Derivative | undefined {
  return corrections[kernelName] ?? (tf.getGradient(kernelName) ? undefined : derivatives[kernelName]);
}

function inGradientOf<T>(kernelName: string, fn: () => T): T {
  const before = differentiated;
  differentiated = kernelName;
  try {
    return fn();
  } finally {
    differentiated = before;
  }
}

/** A gradient which names the operation where it cannot be differentiated. */
function named(kernelName: string, gradient: TapeNode['gradient']): NonNullable<TapeNode['gradient']> {
  const wrong = refused.has(kernelName);
  if (!gradient || wrong) {
    return () => {
      throw new Error(
        `hessian: ${kernelName} cannot be differentiated: it is on the way from the variables to the loss or its gradient,` +
          ` and TensorFlow.js has ${wrong ? 'a wrong' : 'no'} gradient of it. Replace it` +
          (wrong
            ? ''
            : ", give it one (tf.registerGradient), or ask for difference quotients ({ method: 'differences' })"),
      );
    };
  }
  return (dys) => {
    const gradients = inGradientOf(kernelName, () => gradient(dys));
    return Object.fromEntries(
      Object.entries(gradients).map(([name, of]) => [name, () => inGradientOf(kernelName, of)]),
    );
  };
}

function mended(engine: Engine): Partial<Engine> {
  const { isTapeOn, getTensorsForGradient, addTapeNode, runKernelFunc, readSync } = engine;
  return {
    isTapeOn: () => !paused && isTapeOn.call(engine),

    getTensorsForGradient(kernelName, inputs, outputs) {
      if (constants.has(kernelName)) return [];
      const derivative = derivativeOf(kernelName);
      if (derivative) return derivative.saves.map((name) => inputs[name]!);
      return getTensorsForGradient.call(engine, kernelName, inputs, outputs);
    },

    addTapeNode(kernelName, inputs, outputs, gradient, saved, attrs) {
      if (paused || constants.has(kernelName)) return;
      const derivative = derivativeOf(kernelName);
      const by = derivative ? Object.fromEntries(derivative.by.map((name) => [name, inputs[name]!])) : inputs;
      // By this name the engine would take the gradient that is registered.
      const name = derivative ? `${kernelName} of @optim/hessian` : kernelName;
      addTapeNode.call(engine, name, by, outputs, derivative?.gradient ?? gradient, saved, attrs);
      const tape = engine.state.activeTape!;
      const node = tape.pop()!;
      node.gradient = named(kernelName, node.gradient);
      let at = tape.length;
      while (at > 0 && outputs.includes(tape[at - 1]!.inputs['x']!)) at--;
      tape.splice(at, 0, node);
    },

    runKernelFunc(operation) {
      if (!('forwardFunc' in operation) || !engine.isTapeOn()) return runKernelFunc.call(engine, operation);
      return custom(engine, operation);
    },

    readSync(dataId) {
      if (differentiated !== undefined && engine.isTapeOn()) {
        throw new Error(
          `hessian: ${differentiated} cannot be differentiated twice: its gradient reads a tensor back, and what is` +
            ` computed from that would count as a constant. Write it with tensors, or ask for difference quotients` +
            ` ({ method: 'differences' })`,
        );
      }
      return readSync.call(engine, dataId);
    },
  };
}

/** An operation of `tf.customGrad`: what it saves is recorded, and its output has the gradient it was given. */
function custom(engine: Engine, { forwardFunc, backwardsFunc, inputs }: CustomOperation): tf.Tensor {
  let saved: tf.Tensor[] = [];
  const save = (tensors: tf.Tensor[]): void => {
    saved = tensors.map((tensor) => tf.keep(tf.clone(tensor)));
  };
  const value = tf.tidy(() => forwardFunc(tf.backend(), save));
  const output = unrecorded(() => tf.clone(value));
  engine.addTapeNode(engine.state.activeScope?.name ?? 'customGrad', inputs, [output], backwardsFunc, saved);
  return output;
}

/**
 * Opens a scope in which gradients of gradients are right, to any order: `tf.grad(tf.grad(f))` in it is f″. Stock
 * TensorFlow.js takes tanh, exp, sigmoid, softmax, their cross-entropies and others for constants in the second pass, without
 * a word, and has no second derivative of convolutions and pooling.
 *
 * Nothing is left behind: the registries and the engine are as they were, also after an error. Scopes may be nested.
 *
 * @param fn - what to run; not asynchronous
 * @returns what `fn` returns
 * @throws TypeError if `fn` returns a promise
 * @throws Error if an operation cannot be differentiated; it is named
 */
export function higherOrder<T>(fn: () => T): T {
  checkFunction('higherOrder', 'fn', fn);
  const result = open ? fn() : opened(fn);
  if (result instanceof Promise)
    throw new TypeError('higherOrder: fn must not be asynchronous, got a promise');
  return result;
}

function opened<T>(fn: () => T): T {
  const engine = theEngine();
  const withdraw = provideKernels();
  const restore = override(engine, mended(engine));
  open = true;
  try {
    return fn();
  } finally {
    open = false;
    restore();
    withdraw();
  }
}

/** Whether somebody is recording, and may differentiate what is computed now. */
export function isRecording(): boolean {
  return theEngine().state.gradientDepth > 0;
}

/**
 * Records what `fn` does, in a scope of `higherOrder` and a `tf.tidy`. What the tape held is freed, also after an error;
 * where somebody else is recording too, that is left to them.
 */
export function recording<T extends tf.TensorContainer>(fn: () => T): T {
  return higherOrder(() => {
    const engine = theEngine();
    engine.startTape();
    try {
      return during(false, () => tf.tidy(fn));
    } finally {
      engine.endTape();
      if (!isRecording()) {
        cut(0);
        engine.state.activeTape = null;
      }
    }
  });
}

/** How many operations the tape holds. */
export function tapeLength(): number {
  return theEngine().state.activeTape?.length ?? 0;
}

/** Takes off the tape what came after its first `length` operations. */
export function cut(length: number): void {
  for (const { saved } of theEngine().state.activeTape?.splice(length) ?? []) tf.dispose([...saved]);
}
