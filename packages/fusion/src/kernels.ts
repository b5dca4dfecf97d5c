// SPDX-License-Identifier: Apache-2.0
// The kernel of a program on the active backend.

import * as tf from '@tensorflow/tfjs-core';
import { Bounded } from './bounded.js';
import type { CompilableOperation, Compiled, Executor, Kernel, PhaseReport } from './executor.js';
import { opsExecutor } from './executors/ops.js';
import type { Program } from './program.js';
import { executorFor, isLoading, loadExecutor, whyOps } from './registry.js';
import { report } from './report.js';
import { compileSweeps } from './sweeps.js';
import { isRecording } from './watch.js';

/** What an executor compiled for a backend. */
interface Cache {
  readonly executor: Executor;
  readonly programs: WeakMap<Program, Compiled>;
  /** Of parts of programs, which are often equal. */
  readonly parts: Bounded<string, Compiled>;
}

/** Parts of programs kept for a backend. */
const mostParts = 256;

/** By backend itself: one that was removed and registered anew has other memory. */
const caches = new WeakMap<object, Cache>();

function cacheOf(backend: object, executor: Executor): Cache {
  let cache = caches.get(backend);
  if (cache?.executor !== executor) {
    cache = { executor, programs: new WeakMap(), parts: new Bounded(mostParts) };
    caches.set(backend, cache);
  }
  return cache;
}

/**
 * The program's kernel for the active backend, compiled at first use. When another backend is the active one, or the
 * executor has been loaded meanwhile, the kernel runs as the one for that.
 */
export function kernelFor(program: Program): Kernel {
  return compiledFor(program).kernel;
}

/** How the phases of a program run on the active backend. */
export function describeProgram(program: Program): readonly PhaseReport[] {
  return compiledFor(program).reports.map((row) => ('program' in row ? report(row) : row));
}

function compiledFor(program: Program): Compiled {
  const name = tf.getBackend();
  void loadExecutor(name);
  const executor = executorFor(name);
  const cache = cacheOf(tf.backend(), executor);
  // Plain ops for now.
  if (isLoading(name)) return compile(program, cache);
  let compiled = cache.programs.get(program);
  if (!compiled) cache.programs.set(program, (compiled = compile(program, cache)));
  return compiled;
}

function compile(program: Program, cache: Cache): Compiled {
  const backend = tf.backend();
  const name = tf.getBackend();
  const reference = opsExecutor.compile(program);
  const isInterim = isLoading(name);
  const { kernel, reports } = compiledBy(program, reference, cache);
  const run: Kernel['run'] = (inputs, scalars) => {
    if (tf.backend() !== backend || (isInterim && !isLoading(name)))
      return kernelFor(program).run(inputs, scalars);
    // A gradient being recorded needs ops, whose gradients are known, and no input may change under it.
    return (isRecording() ? reference : kernel).run(inputs, scalars);
  };
  return { kernel: { executor: kernel.executor, run }, reports };
}

function compiledBy(program: Program, reference: Kernel, { executor, parts }: Cache): Compiled {
  if (executor === opsExecutor) {
    return { kernel: reference, reports: [{ program, executor: 'ops', fallback: whyOps(tf.getBackend()) }] };
  }
  const operation = program.nodes.find(({ call }) => call)?.call!.operation;
  if (!operation) return compileSweeps(program, executor);
  const { compile } = operation as CompilableOperation;
  const { kernel, reports } = compile(program, executor, (key, make) => parts.get(key, make));
  return { kernel: { ...kernel, executor: executor.name }, reports };
}
