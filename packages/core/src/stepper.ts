// SPDX-License-Identifier: Apache-2.0
// Runs the stages of a step over all parameters: observe, combine, update.

import { kernelFor, type Kernel, type Program } from '@optim/fusion';
import * as tf from '@tensorflow/tfjs-core';
import { sum, type Structure, type Tracer } from './tracer.js';

/** A parameter an optimizer has met: its variable and what is kept for it. */
export interface Parameter {
  readonly variable: tf.Variable;
  /** Index of its group of hyper-parameters. */
  readonly group: number;
  /** Keys of the hooks that leave it alone. */
  readonly exempt: readonly string[];
  readonly slots: Readonly<Record<string, tf.Variable>>;
  /** How many updates it has had. */
  updates: number;
}

/** Hyper-parameters and coefficients of a group for one update. */
export interface Binding {
  readonly structure: Structure;
  readonly numbers: Readonly<Record<string, number>>;
  /** The numbers in the order of each program that uses them. */
  readonly arrays: Map<Program, readonly number[]>;
}

/** One step: parameters with their gradients and bindings, the binding of the optimizer itself, and its globals. */
export interface Job {
  readonly parameters: readonly Parameter[];
  readonly grads: readonly tf.Tensor[];
  readonly bindings: readonly Binding[];
  readonly base: Binding;
  readonly globals: ReadonlyMap<string, tf.Variable>;
  readonly loss: tf.Tensor | undefined;
}

type Tensors = Record<string, tf.Tensor>;

/** A kernel and where its inputs come from. */
interface Call {
  readonly program: Program;
  readonly kernel: Kernel;
  /** Inputs that are the same in every step; the others are filled in before each run. */
  readonly inputs: (tf.Tensor | null)[];
  readonly grad: number;
  readonly globals: readonly (readonly [at: number, name: string])[];
  /** Variables the outputs go to; undefined for sums. */
  readonly targets: readonly (tf.Variable | undefined)[];
}

/** Everything traced and compiled for one list of parameters. */
interface Plan {
  readonly parameters: readonly Parameter[];
  readonly structures: readonly string[];
  readonly backend: string;
  readonly rounds: readonly {
    readonly observe: readonly Call[];
    readonly combine: Program;
    readonly kernel: Kernel;
  }[];
  readonly updates: readonly Call[];
  readonly commit: Program | null;
}

/** Plans that are kept: a rule whose structure goes round in a circle no longer than this makes each of them once. */
const mostPlans = 16;

/** Runs steps; keeps the plans made for the parameters of the last one, one of which usually fits the next. */
export class Stepper {
  /** The last used first. */
  private plans: Plan[] = [];

  constructor(
    private readonly tracer: Tracer,
    private readonly owner: string,
  ) {}

  /**
   * Updates all parameters and globals of a job. Everything is traced and compiled before anything runs, so that an
   * error in a rule changes nothing.
   */
  run(job: Job): void {
    const plan = this.plan(job);
    const globals: Tensors = Object.fromEntries(job.globals);
    for (const { observe, combine, kernel } of plan.rounds) {
      const parts = observe.map((call, i) => this.call(call, job.grads[i]!, job.bindings[i]!, globals));
      const sums: Tensors = job.loss ? { [sum('loss')]: job.loss } : {};
      observe[0]?.program.outputs.forEach(
        ({ name }, at) => (sums[name] = total(parts.map((part) => part[at]!))),
      );
      const results = kernel.run(inputsOf(combine, sums, globals), numbersFor(combine, job.base));
      combine.outputs.forEach(({ name }, at) => (globals[name] = results[at]!));
    }
    plan.updates.forEach((call, i) => {
      const results = this.call(call, job.grads[i]!, job.bindings[i]!, globals);
      results.forEach((result, at) => assign(call.targets[at]!, result));
      job.parameters[i]!.updates++;
    });
    if (plan.commit) {
      const { commit } = plan;
      const before: Tensors = Object.fromEntries(job.globals);
      const results = kernelFor(commit).run(inputsOf(commit, before, globals), numbersFor(commit, job.base));
      commit.outputs.forEach(({ name }, at) => (globals[name] = results[at]!));
    }
    for (const [name, variable] of job.globals) assign(variable, globals[name]!);
  }

  /** Every program of the last step, with the number of parameters it runs for. */
  programs(): Map<Program, number> {
    const counts = new Map<Program, number>();
    const { rounds = [], updates = [], commit } = this.plans[0] ?? {};
    const all = [
      ...rounds.flatMap(({ observe, combine }) => [...observe.map(({ program }) => program), combine]),
      ...updates.map(({ program }) => program),
      ...(commit ? [commit] : []),
    ];
    for (const program of all) counts.set(program, (counts.get(program) ?? 0) + 1);
    return counts;
  }

  private call(call: Call, grad: tf.Tensor, binding: Binding, globals: Tensors): tf.Tensor[] {
    const { inputs } = call;
    if (call.grad >= 0) inputs[call.grad] = grad;
    for (const [at, name] of call.globals) inputs[at] = globals[name]!;
    return call.kernel.run(inputs as tf.Tensor[], numbersFor(call.program, binding));
  }

  private plan(job: Job): Plan {
    const structures = [...job.bindings.map(({ structure }) => structure.key), job.base.structure.key];
    const backend = tf.getBackend();
    const [last] = this.plans;
    const remembers =
      last?.backend === backend &&
      last.parameters.length === job.parameters.length &&
      last.parameters.every((parameter, i) => parameter === job.parameters[i]);
    const others = remembers ? this.plans : [];
    const known = others.find((plan) => plan.structures.every((key, i) => key === structures[i]));
    if (known && known === last) return last;
    const plan = known ?? this.make(job, structures, backend);
    this.plans = [plan, ...others.filter((other) => other !== plan)].slice(0, mostPlans);
    return plan;
  }

  private make(job: Job, structures: readonly string[], backend: string): Plan {
    const { tracer } = this;
    const names = [...job.globals.keys()];
    const shapes = job.parameters.map(({ variable, slots }) => ({
      param: variable.shape,
      grad: variable.shape,
      ...Object.fromEntries(Object.entries(slots).map(([name, slot]) => [name, slot.shape])),
    }));
    const calls = (traced: (i: number) => Program): Call[] =>
      job.parameters.map((parameter, i) => bindCall(this.owner, traced(i), parameter));
    const rounds = tracer.observers.map((_, index) => {
      const observe = calls((i) => tracer.observe(index, shapes[i]!, names, job.bindings[i]!.structure));
      const sums = [
        ...(observe[0]?.program.outputs.map(({ name }) => name) ?? []),
        ...(job.loss ? [sum('loss')] : []),
      ];
      const combine = tracer.combine(index, sums, names, job.base.structure);
      for (const { name } of combine.outputs) if (!names.includes(name)) names.push(name);
      return { observe, combine, kernel: kernelFor(combine) };
    });
    return {
      parameters: [...job.parameters],
      structures,
      backend,
      rounds,
      updates: calls((i) => tracer.update(shapes[i]!, names, job.bindings[i]!.structure)),
      commit: tracer.commit([...job.globals.keys()], names, job.base.structure),
    };
  }
}

function bindCall(owner: string, program: Program, { variable, slots }: Parameter): Call {
  const names = program.inputs.map((at) => program.nodes[at]!.name!);
  const tensors: Record<string, tf.Variable | undefined> = { ...slots, param: variable };
  const isUpdate = program.name.endsWith('.update');
  return {
    program,
    kernel: kernelFor(program),
    inputs: names.map((name) => tensors[name] ?? null),
    grad: names.indexOf('grad'),
    globals: names.flatMap((name, at) => (name.startsWith('@') ? [[at, name.slice(1)] as const] : [])),
    targets: program.outputs.map(({ name }) => {
      if (isUpdate && !tensors[name])
        throw new TypeError(`${owner}.update: output "${name}" is neither param nor a slot`);
      return tensors[name];
    }),
  };
}

function inputsOf(program: Program, tensors: Tensors, globals: Tensors): tf.Tensor[] {
  return program.inputs.map((at) => {
    const name = program.nodes[at]!.name!;
    return name.startsWith('@') ? globals[name.slice(1)]! : tensors[name]!;
  });
}

function numbersFor(program: Program, binding: Binding): readonly number[] {
  let numbers = binding.arrays.get(program);
  if (!numbers)
    binding.arrays.set(program, (numbers = program.scalars.map((name) => binding.numbers[name]!)));
  return numbers;
}

/** Sum of scalars; each may have axes of length 1. */
function total(parts: readonly tf.Tensor[]): tf.Tensor {
  const scalars = parts.map((part) => (part.rank === 0 ? part : tf.reshape(part, [])));
  return scalars.length === 1 ? scalars[0]! : tf.addN(scalars);
}

/** Gives a variable a new value, unless it was updated in place. */
function assign(variable: tf.Variable, value: tf.Tensor): void {
  if (value === variable) return;
  variable.assign(value);
  value.dispose();
}
