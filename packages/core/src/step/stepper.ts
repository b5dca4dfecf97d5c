// SPDX-License-Identifier: Apache-2.0
// Runs the stages of a step over all parameters: observe, combine, update, commit.

import { kernelFor, type Kernel, type Program, type Shape } from '@optim/fusion';
import * as tf from '@tensorflow/tfjs-core';
import type { Parameter } from '../state/parameters.js';
import type { Binding } from './binding.js';
import { bindKernel, numbersFor, runBound, type BoundKernel, type Tensors } from './bound-kernel.js';
import { preparedGradient } from './composition.js';
import { total } from './total.js';
import { sum, type Subject, type Tracer } from './tracer.js';

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
  readonly globals: Readonly<Record<string, tf.Variable>>;
  readonly loss: tf.Tensor | undefined;
}

/** Everything traced and compiled for one list of parameters. */
interface Plan {
  readonly parameters: readonly Parameter[];
  readonly structures: readonly string[];
  readonly backend: string;
  readonly rounds: readonly {
    readonly observe: readonly BoundKernel[];
    /** Whether the rule observes: a hook sees all gradients that there are. */
    readonly ofRule: boolean;
    readonly combine: Program;
    readonly kernel: Kernel;
  }[];
  /** Whether an observation hands a gradient on. */
  readonly prepares: boolean;
  readonly updates: readonly BoundKernel[];
  readonly commit: Program | null;
}

/** Plans that are kept: rules that alternate between at most this many structures are traced once for each. */
const mostPlans = 16;

/** Runs steps; keeps the plans made for the parameters of the last one, one of which usually fits the next. */
export class Stepper {
  readonly #tracer: Tracer;
  readonly #owner: string;
  readonly #returns: readonly string[];
  /** The last used first. */
  #plans: Plan[] = [];
  /** Whether the last step has updated something; after one that threw: whether it is half done. */
  isHalfDone = false;

  constructor(tracer: Tracer, owner: string, returns: readonly string[] = []) {
    this.#tracer = tracer;
    this.#owner = owner;
    this.#returns = returns;
  }

  /**
   * Updates all parameters and globals of a step. Everything is traced and compiled before anything runs, so that an
   * error in a rule changes nothing.
   *
   * @returns what the rule gives back, for each parameter; an empty list where it `returns` nothing
   */
  run(step: Step): Tensors[] {
    const plan = this.#plan(step);
    this.isHalfDone = false;
    const { items, base } = step;
    const globals: Tensors = { ...step.globals };
    const given = items.map((item) => item.given);
    // In the sums of a rule, what has a rate of 0 beside others counts as if it were not there.
    const allStill = items.every(isStill);
    for (const { observe, ofRule, combine, kernel } of plan.rounds) {
      const sums: Record<string, tf.Tensor[]> = step.loss ? { [sum('loss')]: [step.loss] } : {};
      observe.forEach((bound, i) => {
        const results = this.#ran(bound, given[i]!, items[i]!, globals);
        bound.program.outputs.forEach(({ name }, at) => {
          if (name === preparedGradient) given[i] = { ...given[i], [name]: results[at]! };
          else if (allStill || !ofRule || !isStill(items[i]!)) (sums[name] ??= []).push(results[at]!);
        });
      });
      const totals = Object.fromEntries(Object.entries(sums).map(([name, parts]) => [name, total(parts)]));
      runOn(globals, combine, kernel, totals, base);
    }
    // TensorFlow.js would walk through what is returned, hundreds of parameters long, if it were there without need.
    const returned: Tensors[] = [];
    for (let i = 0; i < items.length; i++) {
      const bound = plan.updates[i]!;
      const results = this.#ran(bound, given[i]!, items[i]!, globals);
      this.isHalfDone = true;
      for (let at = 0; at < results.length; at++) {
        const target = bound.targets[at];
        if (target) assign(target, results[at]!);
        else (returned[i] ??= {})[bound.program.outputs[at]!.name] = results[at]!;
      }
      if (plan.prepares) given[i]![preparedGradient]?.dispose();
    }
    const { commit } = plan;
    if (commit) runOn(globals, commit, kernelFor(commit), step.globals, base);
    for (const name in step.globals) assign(step.globals[name]!, globals[name]!);
    return returned;
  }

  /** Every program of the last step, with the number of parameters it runs for. */
  programs(): Map<Program, number> {
    const counts = new Map<Program, number>();
    const { rounds = [], updates = [], commit } = this.#plans[0] ?? {};
    const all = [
      ...rounds.flatMap(({ observe, combine }) => [...observe.map(({ program }) => program), combine]),
      ...updates.map(({ program }) => program),
      ...(commit ? [commit] : []),
    ];
    for (const program of all) counts.set(program, (counts.get(program) ?? 0) + 1);
    return counts;
  }

  #plan(step: Step): Plan {
    const { items, base } = step;
    const backend = tf.getBackend();
    const [last] = this.#plans;
    const remembers =
      last?.backend === backend &&
      last.parameters.length === items.length &&
      last.parameters.every((parameter, i) => parameter === items[i]!.parameter);
    const others = remembers ? this.#plans : [];
    const fits = ({ structures }: Plan): boolean =>
      items.every(({ binding }, i) => structures[i] === binding.structure.key) &&
      structures[items.length] === base.structure.key;
    const known = others.find(fits);
    if (known && known === last) return last;
    const plan = known ?? this.#make(step, backend);
    this.#plans = [plan, ...others.filter((other) => other !== plan)].slice(0, mostPlans);
    return plan;
  }

  #make({ items, base, globals, loss }: Step, backend: string): Plan {
    const tracer = this.#tracer;
    const shared = shapesOf(globals);
    const subjects = items.map(({ parameter: { variable, slots }, given, binding }): Subject => {
      return { shapes: shapesOf({ param: variable, ...given, ...slots }), structure: binding.structure };
    });
    const bound = (traced: (subject: Subject) => Program): BoundKernel[] =>
      items.map(({ parameter, given }, i) => bindKernel(traced(subjects[i]!), parameter, given));
    const rounds = tracer.observers.map(({ key }, index) => {
      const observe = bound((subject) => tracer.observe(index, subject, shared));
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
      const combine = tracer.combine(index, sums, shared, base.structure);
      for (const { name, node } of combine.outputs) shared[name] = combine.nodes[node]!.shape;
      return { observe, ofRule: !key, combine, kernel: kernelFor(combine) };
    });
    const updates = bound((subject) => tracer.update(subject, shared));
    for (const { program, targets } of updates) this.#assertTargets(program, targets);
    const commit = tracer.commit(Object.keys(globals), shared, base.structure);
    return {
      parameters: items.map(({ parameter }) => parameter),
      structures: [...items.map(({ binding }) => binding.structure.key), base.structure.key],
      backend,
      rounds,
      prepares: subjects.some(({ shapes }) => preparedGradient in shapes),
      updates,
      commit,
    };
  }

  #ran(bound: BoundKernel, given: Tensors, item: Item, globals: Tensors): tf.Tensor[] {
    try {
      return runBound(bound, given, item.binding, globals);
    } catch (error) {
      // By a RangeError a function of tensors refuses what it is given.
      if (error instanceof RangeError)
        error.message = `${this.#owner}: "${item.parameter.variable.name}": ${error.message}`;
      throw error;
    }
  }

  #assertTargets({ outputs }: Program, targets: BoundKernel['targets']): void {
    outputs.forEach(({ name }, at) => {
      if (!targets[at] && !this.#returns.includes(name))
        throw new TypeError(`${this.#owner}.update: output "${name}" is neither param nor a slot`);
    });
  }
}

const shapesOf = (tensors: Readonly<Tensors>): Record<string, Shape> =>
  Object.fromEntries(Object.entries(tensors).map(([name, { shape }]) => [name, shape]));

const isStill = ({ binding: { numbers } }: Item): boolean => numbers['learningRate'] === 0;

/** Runs a program of globals and other tensors, and takes over what globals it gives. */
function runOn(globals: Tensors, program: Program, kernel: Kernel, tensors: Tensors, base: Binding): void {
  const inputs = program.inputs.map((at) => {
    const name = program.nodes[at]!.name!;
    return name.startsWith('@') ? globals[name.slice(1)]! : tensors[name]!;
  });
  const results = kernel.run(inputs, numbersFor(program, base));
  program.outputs.forEach(({ name }, at) => (globals[name] = results[at]!));
}

/** Gives a variable a new value, unless it was updated in place. */
function assign(variable: tf.Variable, value: tf.Tensor): void {
  if (value === variable) return;
  variable.assign(value);
  value.dispose();
}
