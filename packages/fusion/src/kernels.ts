// SPDX-License-Identifier: Apache-2.0
// Chooses what runs a program on the active backend, and runs its phases in order.

import * as tf from '@tensorflow/tfjs-core';
import { compileWithEvery } from './every.js';
import { Unsupported, type Executor, type Kernel } from './executor.js';
import { opsExecutor } from './executors/ops.js';
import { intermediate, phasePrograms } from './phases.js';
import type { Program } from './program.js';
import { sizeOf } from './shape.js';

const executors = new Map<string, Executor>();

/** Every executor is code of its own, which only a page with such a backend downloads; see node.ts for Node. */
const loaders = new Map<string, () => Promise<Executor>>([
  ['cpu', async () => (await import('./executors/cpu/kernel.js')).cpuExecutor],
  ['wasm', async () => (await import('./executors/wasm/kernel.js')).wasmExecutor],
  ['webgl', async () => (await import('./executors/webgl/executor.js')).webglExecutor],
  ['webgpu', async () => (await import('./executors/webgpu/executor.js')).webgpuExecutor],
]);
const loading = new Map<string, Promise<void>>();
/** Why the executor of a backend could not be loaded. */
const failures = new Map<string, string>();
const kernels = new WeakMap<Program, Map<string, Kernel>>();
const reports = new WeakMap<Kernel, readonly PhaseReport[]>();

/** Makes `executor` the one for a backend, for programs not compiled yet; a function loads it when it is needed. */
export function registerExecutor(backend: string, executor: Executor | (() => Promise<Executor>)): void {
  loading.delete(backend);
  failures.delete(backend);
  if (typeof executor === 'function') {
    executors.delete(backend);
    loaders.set(backend, executor);
  } else {
    executors.set(backend, executor);
  }
}

/**
 * Loads the executors of all backends that TensorFlow.js has here. An optimizer starts this when it is made; until an
 * executor is there, plain ops run its programs, with results that may differ in the last bit. Whoever needs the same
 * bits in every run waits for it before the first step.
 *
 * @returns when they are there, or cannot be had (see the `fallback` of {@link describeProgram}); never rejects
 */
export async function loadExecutors(): Promise<void> {
  const wanted = [...loaders.keys()].filter((backend) => tf.findBackendFactory(backend));
  await Promise.all(wanted.map(loadExecutor));
}

function loadExecutor(backend: string): Promise<void> {
  const load = loaders.get(backend);
  if (!load || executors.has(backend)) return Promise.resolve();
  const started = loading.get(backend);
  if (started) return started;
  const promise = load().then(
    // Another may have been registered meanwhile.
    (executor) => void (loading.get(backend) === promise && registerExecutor(backend, executor)),
    (error: unknown) => {
      if (loading.get(backend) !== promise) return;
      registerExecutor(backend, opsExecutor);
      failures.set(backend, `the kernels of ${backend} cannot be loaded: ${String(error)}`);
    },
  );
  loading.set(backend, promise);
  return promise;
}

/** The executor of a backend: plain ops where there is no other, or not yet. */
export function executorFor(backend: string): Executor {
  return executors.get(backend) ?? opsExecutor;
}

/** The program's kernel for the active backend, compiled at first use. */
export function kernelFor(program: Program): Kernel {
  const backend = tf.getBackend();
  let byBackend = kernels.get(program);
  if (!byBackend) kernels.set(program, (byBackend = new Map()));
  let kernel = byBackend.get(backend);
  if (kernel) return kernel;
  void loadExecutor(backend);
  if (loading.has(backend)) return interim(program, backend);
  byBackend.set(backend, (kernel = compile(program, executorFor(backend))));
  return kernel;
}

/** Plain ops until the executor of a backend is there, and its kernel from then on. */
function interim(program: Program, backend: string): Kernel {
  const reference = opsExecutor.compile(program);
  const kernel: Kernel = {
    ...reference,
    run: (inputs, scalars) => (loading.has(backend) ? reference : kernelFor(program)).run(inputs, scalars),
  };
  const why = `the kernels of ${backend} are being loaded`;
  reports.set(kernel, [report(program, reference.executor, why)]);
  return kernel;
}

/** How one phase of a program runs. */
export interface PhaseReport {
  readonly phase: string;
  /** Name of the executor that runs it. */
  readonly executor: string;
  /** Elementwise operations and reductions in it. */
  readonly operations: number;
  /** Bytes of the tensors it reads. */
  readonly bytesRead: number;
  /** Bytes of the tensors it writes. */
  readonly bytesWritten: number;
  /** Why plain ops run it, where they do. */
  readonly fallback?: string;
}

/** How the phases of a program run on the active backend. */
export function describeProgram(program: Program): readonly PhaseReport[] {
  return reports.get(kernelFor(program))!;
}

function report(phase: Program, executor: string, fallback?: string): PhaseReport {
  const bytes = (nodes: readonly number[]): number =>
    nodes.reduce((total, at) => total + 4 * sizeOf(phase.nodes[at]!.shape), 0);
  return {
    phase: phase.name,
    executor,
    operations: phase.nodes.filter(({ host, op }) => !host && op !== 'input' && op !== 'broadcast').length,
    bytesRead: bytes(phase.inputs),
    bytesWritten: bytes(phase.outputs.map(({ node }) => node)),
    ...(fallback !== undefined && { fallback }),
  };
}

function compile(program: Program, executor: Executor): Kernel {
  const reference = opsExecutor.compile(program);
  if (executor === opsExecutor) {
    const backend = tf.getBackend();
    const why = failures.get(backend) ?? `backend ${backend} has no executor of its own`;
    reports.set(reference, [report(program, reference.executor, why)]);
    return reference;
  }
  const phases = phasePrograms(program);
  const parts = phases.map((phase) => compilePhase(phase, executor));
  const partReports = parts.map((part) => part.report);
  if (parts.every(({ kernel }) => kernel.executor === reference.executor)) {
    reports.set(reference, partReports);
    return reference;
  }
  const separate =
    parts.length === 1
      ? parts[0]!.kernel
      : sequence(
          program,
          phases,
          parts.map((part) => part.kernel),
        );
  const isFused = parts.every((part) => part.kernel.executor === executor.name);
  const fused = (isFused && compileAll(program, phases, executor)) || separate;
  const kernel: Kernel = {
    executor: executor.name,
    run(inputs, scalars) {
      // A gradient being recorded needs ops, whose gradients are known, and no input may change under it.
      const chosen = isRecording() ? reference : isWatched() ? separate : fused;
      return chosen.run(inputs, scalars);
    },
  };
  reports.set(kernel, partReports);
  return kernel;
}

function compilePhase(phase: Program, executor: Executor): { kernel: Kernel; report: PhaseReport } {
  try {
    return {
      kernel: visible(phase.name, compileWithEvery(phase, executor)),
      report: report(phase, executor.name),
    };
  } catch (error) {
    if (!(error instanceof Unsupported)) throw error;
    const kernel = opsExecutor.compile(phase);
    return { kernel, report: report(phase, kernel.executor, error.message) };
  }
}

/** One kernel for all phases, where the executor makes one. */
function compileAll(program: Program, phases: readonly Program[], executor: Executor): Kernel | null {
  const takesElements = program.nodes.some(({ op }) => op === 'every');
  return (!takesElements && executor.compileAll?.(program, phases)) || null;
}

/** State of the engine that is not public; what is missing counts as off. */
function engineState(): { readonly gradientDepth?: number; readonly profiling?: boolean } {
  return (tf.engine() as unknown as { state?: object }).state ?? {};
}

function isRecording(): boolean {
  return (engineState().gradientDepth ?? 0) > 0;
}

/** Whether `tf.profile` or debug mode asks for the kernels of single phases. */
function isWatched(): boolean {
  return engineState().profiling === true || tf.env().getBool('DEBUG');
}

/** Lets `tf.profile` and the NaN checks of debug mode see a kernel under the name of its phase. */
function visible(name: string, kernel: Kernel): Kernel {
  return {
    ...kernel,
    run(inputs, scalars) {
      if (!isWatched()) return kernel.run(inputs, scalars);
      const backendName = tf.getBackend();
      if (!tf.getKernel(name, backendName)) {
        const kernelFunc: tf.KernelFunc = ({ attrs }) =>
          (attrs as unknown as { run: () => tf.Tensor[] }).run();
        tf.registerKernel({ kernelName: name, backendName, kernelFunc });
      }
      const named = Object.fromEntries(inputs.map((tensor, i) => [String(i), tensor]));
      const run = (): tf.Tensor[] => kernel.run(inputs, scalars);
      return tf.engine().runKernel(name, named, { run } as unknown as tf.NamedAttrMap);
    },
  };
}

/** Runs phases in order, handing on what each reduced or kept. */
function sequence(program: Program, phases: readonly Program[], parts: readonly Kernel[]): Kernel {
  // Where a tensor stands in the list of all there are: inputs, then the outputs of each phase in turn.
  const places = program.inputs.map((at) => program.nodes[at]!.name!);
  const plans = phases.map((phase) => {
    const inputs = phase.inputs.map((at) => places.indexOf(phase.nodes[at]!.name!));
    places.push(...phase.outputs.map(({ name }) => name));
    return { inputs, scalars: phase.scalars.map((name) => program.scalars.indexOf(name)) };
  });
  const reduced = new Set(program.phases.flatMap(({ reductions }) => reductions));
  const wanted = program.outputs.map(({ name, node }) =>
    places.lastIndexOf(reduced.has(node) ? intermediate(node) : name),
  );
  // The numbers of each phase, the same array as long as those of the program are.
  let given: readonly number[] | null = null;
  let numbers: number[][] = [];
  return {
    executor: parts[0]!.executor,
    run(inputs, scalars) {
      if (scalars !== given) {
        numbers = plans.map((plan) => plan.scalars.map((at) => scalars[at]!));
        given = scalars;
      }
      const values = [...inputs];
      plans.forEach((plan, i) => {
        const tensors = plan.inputs.map((at) => values[at]!);
        values.push(...parts[i]!.run(tensors, numbers[i]!));
      });
      const results = wanted.map((at, i) => (wanted.indexOf(at) === i ? values[at]! : tf.clone(values[at]!)));
      for (const made of values.slice(inputs.length)) {
        if (!results.includes(made) && !inputs.includes(made)) made.dispose();
      }
      return results;
    },
  };
}
