// SPDX-License-Identifier: Apache-2.0
// Runs the stages of a step over all parameters: observe, combine, update, commit.

import { kernelFor, type Kernel, type Program } from '@optim/fusion';
import * as tf from '@tensorflow/tfjs-core';
import type { Parameter } from '../state/parameters.js';
import type { Binding } from './binding.js';
import { preparedGradient } from './composition.js';
import { total } from './total.js';
import { sum, type Subject, type Tracer } from './tracer.js';

/** Tensors by name. */
export type Tensors = Record<string, tf.Tensor>;

/** A parameter in a step. */
export interface Item {
  readonly parameter: Parameter;
  /** Its gradient, and whatever else the rule is given. */
  readonly given: Readonly<Tensors>;
  readonly binding: Binding;
}

/** One step: its parameters, the binding of the optimizer itself, and its globals. */
export interface Step {
  readonly items: readonly Item[];
  readonly base: Binding;
  readonly globals: ReadonlyMap<string, tf.Variable>;
  readonly loss: tf.Tensor | undefined;
}

/** A kernel and where its inputs come from. */
interface BoundKernel {
  readonly program: Program;
  readonly kernel: Kernel;
  /** Inputs that are the same in every step; the others are filled in before each run. */
  readonly inputs: (tf.Tensor | null)[];
  readonly given: readonly (readonly [at: number, name: string])[];
  readonly globals: readonly (readonly [at: number, name: string])[];
  /** Variables the outputs go to; undefined for what is handed on. */
  readonly targets: readonly (tf.Variable | undefined)[];
}

/** Everything traced and compiled for one list of parameters. */
interface Plan {
  readonly parameters: readonly Parameter[];
  readonly structures: readonly string[];
  readonly backend: string;
  readonly rounds: readonly {
    readonly observe: readonly BoundKernel[];
    readonly combine: Program;
    readonly kernel: Kernel;
  }[];
  readonly updates: readonly BoundKernel[];
  readonly commit: Program | null;
}

/** Plans that are kept: rules that alternate between at most this many structures are traced once for each. */
const mostPlans = 16;

/** Runs steps; keeps the plans made for the parameters of the last one, one of which usually fits the next. */
export class Stepper {
  /** The last used first. */
  private plans: Plan[] = [];
  /** Whether the last step has updated something; after one that threw: whether it is half done. */
  isHalfDone = false;

  constructor(
    private readonly tracer: Tracer,
    private readonly owner: string,
    private readonly returns: readonly string[] = [],
  ) {}

  /**
   * Updates all parameters and globals of a step. Everything is traced and compiled before anything runs, so that an
   * error in a rule changes nothing.
   *
   * @returns what the rule gives back, for each parameter; an empty list where it `returns` nothing
   */
  run(step: Step): Tensors[] {
    const plan = this.plan(step);
    this.isHalfDone = false;
    const { items, base } = step;
    const globals: Tensors = Object.fromEntries(step.globals);
    const given = items.map((item) => item.given);
    for (const { observe, combine, kernel } of plan.rounds) {
      const sums: Record<string, tf.Tensor[]> = step.loss ? { [sum('loss')]: [step.loss] } : {};
      observe.forEach((bound, i) => {
        const results = run(bound, given[i]!, items[i]!.binding, globals);
        bound.program.outputs.forEach(({ name }, at) => {
          if (name === preparedGradient) given[i] = { ...given[i], [name]: results[at]! };
          else (sums[name] ??= []).push(results[at]!);
        });
      });
      const totals = Object.fromEntries(Object.entries(sums).map(([name, parts]) => [name, total(parts)]));
      const results = kernel.run(inputsOf(combine, totals, globals), numbersFor(combine, base));
      combine.outputs.forEach(({ name }, at) => (globals[name] = results[at]!));
    }
    const returned = plan.updates.map((bound, i): Tensors => {
      const results = this.updated(bound, given[i]!, items[i]!, globals);
      this.isHalfDone = true;
      const back: Tensors = {};
      results.forEach((result, at) => {
        const target = bound.targets[at];
        if (target) assign(target, result);
        else back[bound.program.outputs[at]!.name] = result;
      });
      given[i]![preparedGradient]?.dispose();
      return back;
    });
    if (plan.commit) {
      const { commit } = plan;
      const before: Tensors = Object.fromEntries(step.globals);
      const results = kernelFor(commit).run(inputsOf(commit, before, globals), numbersFor(commit, base));
      commit.outputs.forEach(({ name }, at) => (globals[name] = results[at]!));
    }
    for (const [name, variable] of step.globals) assign(variable, globals[name]!);
    // TensorFlow.js would walk through it, hundreds of parameters long.
    return this.returns.length > 0 ? returned : [];
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

  private plan(step: Step): Plan {
    const { items, base } = step;
    const structures = [...items.map(({ binding }) => binding.structure.key), base.structure.key];
    const backend = tf.getBackend();
    const [last] = this.plans;
    const remembers =
      last?.backend === backend &&
      last.parameters.length === items.length &&
      last.parameters.every((parameter, i) => parameter === items[i]!.parameter);
    const others = remembers ? this.plans : [];
    const known = others.find((plan) => plan.structures.every((key, i) => key === structures[i]));
    if (known && known === last) return last;
    const plan = known ?? this.make(step, structures, backend);
    this.plans = [plan, ...others.filter((other) => other !== plan)].slice(0, mostPlans);
    return plan;
  }

  private make({ items, base, globals, loss }: Step, structures: readonly string[], backend: string): Plan {
    const { tracer } = this;
    const names = [...globals.keys()];
    const subjects = items.map(({ parameter: { variable, slots }, given, binding }): Subject => {
      const tensors = { param: variable, ...given, ...slots };
      const shapes = Object.fromEntries(Object.entries(tensors).map(([name, { shape }]) => [name, shape]));
      return { shapes, structure: binding.structure };
    });
    const bound = (traced: (subject: Subject) => Program): BoundKernel[] =>
      items.map((item, i) => bindKernel(traced(subjects[i]!), item));
    const rounds = tracer.observers.map((_, index) => {
      const observe = bound((subject) => tracer.observe(index, subject, names));
      const outputs = observe.map(({ program }) => program.outputs.map(({ name }) => name));
      outputs.forEach((of, i) => {
        const { shapes, structure } = subjects[i]!;
        if (of.includes(preparedGradient))
          subjects[i] = { shapes: { ...shapes, [preparedGradient]: shapes['grad']! }, structure };
      });
      const sums = [
        ...(outputs[0]?.filter((name) => name !== preparedGradient) ?? []),
        ...(loss ? [sum('loss')] : []),
      ];
      const combine = tracer.combine(index, sums, names, base.structure);
      for (const { name } of combine.outputs) if (!names.includes(name)) names.push(name);
      return { observe, combine, kernel: kernelFor(combine) };
    });
    const updates = bound((subject) => tracer.update(subject, names));
    for (const { program, targets } of updates) this.assertTargets(program, targets);
    const commit = tracer.commit([...globals.keys()], names, base.structure);
    return {
      parameters: items.map(({ parameter }) => parameter),
      structures,
      backend,
      rounds,
      updates,
      commit,
    };
  }

  private updated(bound: BoundKernel, given: Tensors, item: Item, globals: Tensors): tf.Tensor[] {
    try {
      return run(bound, given, item.binding, globals);
    } catch (error) {
      // By a RangeError a function of tensors refuses what it is given.
      if (error instanceof RangeError)
        error.message = `${this.owner}: "${item.parameter.variable.name}": ${error.message}`;
      throw error;
    }
  }

  private assertTargets({ outputs }: Program, targets: BoundKernel['targets']): void {
    outputs.forEach(({ name }, at) => {
      if (!targets[at] && !this.returns.includes(name))
        throw new TypeError(`${this.owner}.update: output "${name}" is neither param nor a slot`);
    });
  }
}

function bindKernel(program: Program, { parameter: { variable, slots }, given }: Item): BoundKernel {
  const names = program.inputs.map((at) => program.nodes[at]!.name!);
  const tensors: Record<string, tf.Variable | undefined> = { ...slots, param: variable };
  return {
    program,
    kernel: kernelFor(program),
    inputs: names.map((name) => tensors[name] ?? null),
    given: names.flatMap((name, at) =>
      name in given || name === preparedGradient ? [[at, name] as const] : [],
    ),
    globals: names.flatMap((name, at) => (name.startsWith('@') ? [[at, name.slice(1)] as const] : [])),
    targets: program.outputs.map(({ name }) => tensors[name]),
  };
}

function run(bound: BoundKernel, given: Readonly<Tensors>, binding: Binding, globals: Tensors): tf.Tensor[] {
  const { inputs } = bound;
  for (const [at, name] of bound.given) inputs[at] = given[name]!;
  for (const [at, name] of bound.globals) inputs[at] = globals[name]!;
  return bound.kernel.run(inputs as tf.Tensor[], numbersFor(bound.program, binding));
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

/** Gives a variable a new value, unless it was updated in place. */
function assign(variable: tf.Variable, value: tf.Tensor): void {
  if (value === variable) return;
  variable.assign(value);
  value.dispose();
}
