// SPDX-License-Identifier: Apache-2.0
// The base of every algorithm that is written as a rule.

import { kernelFor, loadExecutors, sameShape, showShape, type Expression, type Program } from '@optim/fusion';
import * as tf from '@tensorflow/tfjs-core';
import { BaseOptimizer, type Entry, type NamedWeight } from './base.js';
import { decayed, type CommonOptions, type DecayScalars, type OptimizerOptions } from './common-options.js';
import { decodeOptions, encodeOptions, encodeSavable } from './config.js';
import { atStep, checkGroups, type ParameterGroup } from './group.js';
import { keyed, type Hook } from './hook.js';
import { matches } from './match.js';
import { check, resolveOptions, type OptionSpec, type OptionTable } from './options.js';
import type { HostInit, Pair, Resolved, Results, Round, SlotInit, TracedInit } from './rule.js';
import { isSchedule, type Schedule } from './schedule.js';
import {
  assertSlots,
  assertSomeMatched,
  checkStateDict,
  matchSaved,
  type SavedParameter,
  type SavedTensor,
  type StateDict,
} from './state.js';
import { Stepper, type Binding, type Parameter } from './stepper.js';
import { Tracer, type Structure } from './tracer.js';
import { readWeights, saveParameters, writeWeights } from './weights.js';

/** Running averages of gradients or updates that an optimizer keeps. */
export interface Momentum {
  readonly names: readonly string[];
  /** Variables with what is kept for them, in the order of `names`. */
  readonly slots: readonly (readonly [variable: tf.Variable, kept: readonly (tf.Variable | undefined)[]])[];
}

/**
 * Base of every algorithm written as a rule.
 *
 * A subclass says what it keeps per parameter ({@link slots}) and for itself ({@link globals}), which numbers it needs
 * once per step ({@link coefficients}), what it must know across all parameters ({@link rounds}), and the recurrence
 * ({@link update}). The recurrence is traced, not executed: tensors and numbers are symbols in it, and one trace
 * serves every step and every parameter of the same shape.
 *
 * @typeParam O - its options
 */
export abstract class Optimizer<O extends CommonOptions = OptimizerOptions> extends BaseOptimizer {
  /** Default, range and check of every option. */
  static readonly options: object;
  /** Slots, by name or pattern, that are a running average of gradients or updates; wrappers may reset or average them. */
  static readonly momentumSlots: readonly (string | RegExp)[] = [];

  /** Options in force, defaults filled in. */
  protected settings!: Required<O>;

  private readonly parameters = new Map<tf.Variable, Parameter>();
  private readonly kept = new Map<string, tf.Variable>();
  private saved: readonly SavedParameter[] = [];
  private groups: readonly Required<O>[] = [];
  private hooks: ReturnType<typeof keyed> = [];
  private tracer!: Tracer;
  private stepper!: Stepper;

  constructor(options: O = {} as O) {
    super();
    this.configure(this.checked(options));
  }

  /** @internal The registry of TensorFlow.js calls it without `this`, with keys of its own in the configuration. */
  static override fromConfig<T extends tf.serialization.Serializable>(
    cls: tf.serialization.SerializableConstructor<T>,
    config: tf.serialization.ConfigDict,
  ): T {
    const known = Object.keys((cls as unknown as typeof Optimizer).options);
    const own = Object.fromEntries(Object.entries(config).filter(([name]) => known.includes(name)));
    return new cls(decodeOptions(own) as tf.serialization.ConfigDict);
  }

  /**
   * Options as JSON, from which `fromConfig` makes an equal optimizer.
   * @throws TypeError for a plain function in place of a schedule, predicate or hook
   */
  override getConfig(): tf.serialization.ConfigDict {
    return encodeOptions(this.owner, this.settings) as tf.serialization.ConfigDict;
  }

  // --- What an algorithm says -------------------------------------------------------------------------------------

  /** Checks that involve more than one option; throws a RangeError made by `outOfRange`. */
  protected validate(_options: Required<O>): void {}

  /** Tensors kept per parameter, each with its first value. */
  protected slots(_options: Required<O>): Record<string, SlotInit> {
    return {};
  }

  /** Scalars kept for the optimizer as a whole, each with its first value. */
  protected globals(_options: Required<O>): Record<string, number> {
    return {};
  }

  /**
   * Numbers a step needs, in float64 and once per step; {@link update} may branch on booleans, and on strings, such as the
   * name of the slot whose turn it is. The first argument, t, is the number of this update of the parameter, from 1; in
   * `combine` the number of the step.
   */
  protected coefficients(_t: number, _hyper: Resolved<O>): Record<string, number | boolean | string> {
    return {};
  }

  /** What must be known across all parameters before the update, in order. */
  protected rounds(_options: Required<O>): Round[] {
    return [];
  }

  /** Weight decay, traced before everything else; overridden where a paper has its own. */
  protected decay(pair: Pair, scalars: DecayScalars): Pair {
    return decayed(pair, this.rateInForce(pair.param, scalars), scalars);
  }

  /**
   * The rate by which decoupled decay and hooks go; overridden where it is not the option `learningRate`. `null` in a round
   * that has yet to find it: nothing decays by it then.
   */
  protected rateInForce(_param: Expression, { learningRate }: DecayScalars): Expression | null {
    return learningRate;
  }

  /**
   * The bias-corrected second moment that this step divides by, of the parameter's shape, from the slots after the update;
   * for hooks that read it. `null` for an algorithm that keeps none.
   */
  protected secondMoment(_slots: object, _scalars: object): Expression | null {
    return null;
  }

  /**
   * The recurrence: new `param` and slots. What is not returned stays as it is. A rule that decays by itself also returns
   * `start`, the parameter with the decay alone, so that a hook can tell the step from the decay.
   */
  protected abstract update(tensors: object, scalars: object): Results;

  // --- Learning rate ----------------------------------------------------------------------------------------------

  get learningRate(): number {
    return this.rate();
  }

  set learningRate(rate: number | Schedule) {
    const row = this.table['learningRate'];
    if (!row) throw new TypeError(`${this.owner}: has no learningRate to set`);
    check(this.owner, 'learningRate', row, rate);
    const settings = { ...this.settings, learningRate: rate };
    this.validate(settings);
    this.settings = settings;
    this.groups = this.grouped(settings);
  }

  /** The rate of the next step; NaN for an algorithm that has none to tell. */
  protected rate(): number {
    const { learningRate } = this.settings as OptimizerOptions;
    return isSchedule(learningRate) ? learningRate(this.iterations) : (learningRate ?? Number.NaN);
  }

  // --- The step ---------------------------------------------------------------------------------------------------

  protected step(entries: readonly Entry[], loss?: tf.Scalar): void {
    const { needs } = this.constructor as typeof Optimizer;
    const readsMoments = this.hooks.some(({ hook }) => hook.reads?.includes('secondMoment'));
    if ((needs.includes('gradient') || readsMoments) && entries.length === 0) {
      throw new RangeError(`${this.owner}: a step needs at least one gradient, got none`);
    }
    if (needs.includes('loss') && !loss) {
      throw new TypeError(
        `${this.owner}: a step needs the value of the loss; call minimize, or applyGradients(gradients, loss)`,
      );
    }
    // Nothing to observe, combine or update.
    if (entries.length === 0) return this.incrementIterations();
    tf.tidy(() => {
      const parameters = this.track(entries.map(({ variable }) => variable));
      const bindings = new Map<string, Binding>();
      this.stepper.run({
        parameters,
        grads: entries.map(({ grad }) => grad),
        bindings: parameters.map(({ group, exempt, updates }) => {
          const key = `${group}|${exempt}|${updates}`;
          const binding = bindings.get(key) ?? this.bind(group, exempt, updates + 1);
          bindings.set(key, binding);
          return binding;
        }),
        base: this.bind(0, [], this.iterations + 1),
        globals: this.kept,
        loss: needs.includes('loss') ? loss : undefined,
      });
    });
    this.incrementIterations();
  }

  /**
   * Meets variables: makes their slots, or takes over the saved ones. Done by the first step; useful before it where
   * a slot starts from the value of the parameter.
   */
  protected track(variables: readonly tf.Variable[]): Parameter[] {
    const fresh = variables.filter((variable) => !this.parameters.has(variable));
    if (fresh.length > 0) {
      this.prune();
      const matched = matchSaved(this.owner, fresh, this.saved);
      if (this.parameters.size === 0) assertSomeMatched(this.owner, fresh, this.saved, matched);
      for (const [variable, saved] of matched) this.assertFits(variable, saved);
      // Numbers made by an algorithm may be refused: all of them before anything is kept.
      const given = fresh.map((variable) => (matched.has(variable) ? {} : this.hostSlots(variable)));
      fresh.forEach((variable, i) =>
        this.parameters.set(variable, this.meet(variable, given[i]!, matched.get(variable))),
      );
      const taken = new Set(matched.values());
      this.saved = this.saved.filter((parameter) => !taken.has(parameter));
    }
    if (this.kept.size === 0) {
      for (const [name, value] of Object.entries(this.firstGlobals())) this.keep(name, value);
    }
    return variables.map((variable) => this.parameters.get(variable)!);
  }

  private meet(
    variable: tf.Variable,
    given: Record<string, tf.Tensor>,
    saved: SavedParameter | undefined,
  ): Parameter {
    const group = this.groupOf(variable);
    const program = this.initProgram(variable, group);
    const inputs = program.inputs.map(() => variable);
    const restored = ({ shape, data }: SavedTensor): tf.Tensor => tf.tensor(data.slice(), [...shape]);
    const first = saved
      ? Object.entries(saved.slots).map(([name, slot]) => [name, restored(slot)] as const)
      : [...named(program, kernelFor(program).run(inputs, [])), ...Object.entries(given)];
    const slots = first.map(([name, value]) => [name, toVariable(value)] as const);
    const exempt = this.hooks.flatMap(({ key, hook: { exclude } }) =>
      exclude && matches(exclude, variable) ? [key] : [],
    );
    return { variable, group, exempt, slots: Object.fromEntries(slots), updates: saved?.updates ?? 0 };
  }

  private groupOf(variable: tf.Variable): number {
    const groups = this.settings.parameterGroups as readonly ParameterGroup[];
    return groups.findIndex(({ match }) => matches(match, variable)) + 1;
  }

  private initProgram(variable: tf.Variable, group: number): Program {
    const traced = Object.entries(this.slotInits(group)).filter(
      (entry): entry is [string, TracedInit] => typeof entry[1] === 'function',
    );
    return this.tracer.init(variable.shape, Object.fromEntries(traced), group);
  }

  /** First values of the slots that are made on the host. */
  private hostSlots(variable: tf.Variable): Record<string, tf.Tensor> {
    const made = this.hostInits(variable).map(([name, { shape, values }]) => {
      const numbers = Float32Array.from(values(variable));
      return [name, tf.tensor(numbers, [...shape(variable.shape, variable.name)])] as const;
    });
    return Object.fromEntries(made);
  }

  private hostInits(variable: tf.Variable): [string, HostInit][] {
    return Object.entries(this.slotInits(this.groupOf(variable))).filter(
      (entry): entry is [string, HostInit] => typeof entry[1] !== 'function',
    );
  }

  private bind(group: number, exempt: readonly string[], t: number): Binding {
    const options = this.groups[group]!;
    const values = atStep(this.owner, this.table, options, this.iterations);
    const numbers: Record<string, number> = {};
    const flags: Record<string, unknown> = {};
    for (const [name, value] of Object.entries(values)) {
      if (this.table[name]!.symbolic && typeof value === 'number') numbers[name] = value;
      else flags[name] = value;
    }
    const decays = options.weightDecay !== 0;
    // What a rule may know of its group besides its options; 0 are the parameters of no group.
    Object.assign(flags, { group, decays });
    // Options are settled but for the learning rate, which a setter may turn from null into a number.
    let key = `${group}|${exempt}|${decays}|${flags['learningRate']}`;
    for (const [name, value] of Object.entries(this.coefficients(t, values as Resolved<O>))) {
      if (typeof value === 'number') numbers[name] = value;
      else {
        flags[name] = value;
        key += `|${name}=${value}`;
      }
    }
    const structure: Structure = { key, flags, numbers: Object.keys(numbers), decays, exempt };
    return { structure, numbers, arrays: new Map() };
  }

  // --- State ------------------------------------------------------------------------------------------------------

  /** The globals as numbers: those of the algorithm by name, those of a hook as `hook.name`. */
  async readGlobals(): Promise<Record<string, number>> {
    this.assertUsable();
    this.prune();
    if (this.kept.size === 0) return this.firstGlobals();
    const entries = [...this.kept].map(async ([name, value]) => [name, (await value.data())[0]!] as const);
    return Object.fromEntries(await Promise.all(entries));
  }

  /** @internal Programs of the last step, with the number of parameters each runs for. */
  programs(): Map<Program, number> {
    this.assertUsable();
    return this.stepper.programs();
  }

  /** @internal The running averages kept for the parameters met so far; `null` if the rule keeps none. */
  momentum(): Momentum | null {
    const { momentumSlots } = this.constructor as typeof Optimizer;
    const names = momentumSlots.flatMap((slot) =>
      this.slotNames().filter((name) => (slot instanceof RegExp ? slot.test(name) : name === slot)),
    );
    if (names.length === 0) return null;
    const of = ({ variable, slots }: Parameter): Momentum['slots'][number] => [
      variable,
      names.map((name) => slots[name]),
    ];
    return { names, slots: this.ordered().map(of) };
  }

  override async stateDict(): Promise<StateDict> {
    this.assertUsable();
    const hyperparameters = Object.entries(this.settings).filter(([name]) => !this.belongsToWhole(name));
    const state: StateDict = {
      format: 1,
      optimizer: this.owner,
      step: this.iterations,
      hyperparameters: encodeSavable(this.owner, Object.fromEntries(hyperparameters)),
      globals: await this.readGlobals(),
      parameters: [...(await saveParameters(this.ordered())), ...this.saved],
    };
    // So that the steps after this one are the same bits as those of whoever resumes from it.
    await loadExecutors();
    return state;
  }

  override async prepare(state: unknown): Promise<() => void> {
    this.assertUsable();
    const { step, hyperparameters, globals, parameters } = checkStateDict(
      this.owner,
      state,
      this.slotNames(),
      this.globalNames(),
    );
    const { parameterGroups, transforms } = this.settings;
    const options = this.checked({
      ...this.settings,
      ...decodeOptions(hyperparameters),
      parameterGroups,
      transforms,
    });
    return this.restoring(step, parameters, globals, options);
  }

  /** The step count, then the number of updates of each parameter, globals, and slots grouped by kind. */
  override async getWeights(): Promise<NamedWeight[]> {
    this.assertUsable();
    const { made, weights } = writeWeights(this.iterations, this.ordered(), this.saved, this.kept);
    this.handOut(made);
    await loadExecutors(); // as in stateDict
    return weights;
  }

  override async prepareWeights(weights: readonly NamedWeight[]): Promise<() => void> {
    this.assertUsable();
    const { step, parameters, globals } = await readWeights(
      this.owner,
      weights,
      this.slotNames(),
      this.globalNames(),
    );
    return this.restoring(step, parameters, globals, this.settings);
  }

  override dispose(): void {
    this.clear();
    this.saved = [];
    super.dispose();
  }

  /** Refuses what does not fit the parameters already met; otherwise gives back what replaces all state. */
  private restoring(
    step: number,
    parameters: readonly SavedParameter[],
    globals: Readonly<Record<string, number>>,
    options: Required<O>,
  ): () => void {
    const variables = this.ordered().map(({ variable }) => variable);
    const matched = matchSaved(this.owner, variables, parameters);
    assertSomeMatched(this.owner, variables, parameters, matched);
    for (const [variable, saved] of matched) this.assertFits(variable, saved);
    return () => {
      this.clear();
      this.configure(options);
      this.iterations_ = step;
      this.saved = parameters;
      for (const [name, value] of Object.entries(globals)) this.keep(name, value);
      if (variables.length > 0) tf.tidy(() => void this.track(variables));
      this.restored({ ...this.firstGlobals(), ...globals });
    };
  }

  /** Compares saved slots with those the variable is to have. */
  private assertFits(variable: tf.Variable, saved: SavedParameter): void {
    const { nodes, outputs } = this.initProgram(variable, this.groupOf(variable));
    const shapes = [
      ...outputs.map(({ name, node }) => [name, nodes[node]!.shape] as const),
      ...this.hostInits(variable).map(
        ([name, { shape }]) => [name, shape(variable.shape, variable.name)] as const,
      ),
    ];
    const names = shapes.map(([name]) => name);
    assertSlots(this.owner, saved.name, Object.keys(saved.slots), names);
    for (const [name, expected] of shapes) {
      const slot = saved.slots[name];
      if (!slot || !sameShape(slot.shape, expected)) {
        const found = slot ? showShape(slot.shape) : 'none';
        throw new RangeError(
          `${this.owner}: saved slot ${name} of "${saved.name}" must have shape ${showShape(expected)}, got ${found}`,
        );
      }
    }
  }

  /** Forgets parameters whose variable is gone, and globals that `tf.disposeVariables()` took away. */
  private prune(): void {
    for (const parameter of this.parameters.values())
      if (!isAlive(parameter.variable)) this.forget(parameter);
    for (const [name, value] of this.kept) if (!isAlive(value)) this.kept.delete(name);
  }

  private forget({ variable, slots }: Parameter): void {
    tf.dispose(Object.values(slots).filter(isAlive));
    this.parameters.delete(variable);
  }

  private clear(): void {
    this.prune();
    for (const parameter of this.parameters.values()) this.forget(parameter);
    tf.dispose([...this.kept.values()]);
    this.kept.clear();
  }

  /** Gives a global another value between steps. */
  protected setGlobal(name: string, value: number): void {
    this.prune();
    const kept = this.kept.get(name);
    if (kept) tf.tidy(() => kept.assign(tf.scalar(value)));
  }

  /** Told of the globals in a state that was taken over, for an algorithm that goes by one of them on the host. */
  protected restored(_globals: Readonly<Record<string, number>>): void {}

  private keep(name: string, value: number): void {
    this.kept.set(name, toVariable(tf.scalar(value)));
  }

  /** Parameters in the order in which their variables were made. */
  protected ordered(): Parameter[] {
    this.prune();
    return [...this.parameters.values()].sort((a, b) => a.variable.id - b.variable.id);
  }

  // --- Options ----------------------------------------------------------------------------------------------------

  private get table(): Record<string, OptionSpec> {
    return (this.constructor as typeof Optimizer).options as Record<string, OptionSpec>;
  }

  private checked(options: object): Required<O> {
    const settings = resolveOptions<O>(this.owner, this.table as OptionTable<O>, options);
    checkGroups(this.owner, this.table, settings.parameterGroups as readonly ParameterGroup[]);
    this.validate(settings);
    for (const group of this.grouped(settings).slice(1)) this.validate(group);
    return settings;
  }

  private grouped(settings: Required<O>): Required<O>[] {
    const groups = settings.parameterGroups as readonly ParameterGroup[];
    return [settings, ...groups.map(({ match: _, ...overrides }) => ({ ...settings, ...overrides }))];
  }

  private configure(settings: Required<O>): void {
    this.settings = settings;
    this.groups = this.grouped(settings);
    this.hooks = keyed(this.owner, settings.transforms as readonly Hook[]);
    for (const { hook } of this.hooks) this.assertServes(hook);
    this.tracer = new Tracer({
      name: this.owner,
      hooks: this.hooks,
      rounds: this.rounds(settings),
      decay: (pair, scalars) => this.decay(pair, scalars as unknown as DecayScalars),
      rate: (param, scalars) => this.rateInForce(param, scalars as unknown as DecayScalars),
      secondMoment: (tensors, scalars) => this.secondMoment(tensors, scalars)!,
      update: (tensors, scalars) => this.update(tensors, scalars),
    });
    this.stepper = new Stepper(this.tracer, this.owner);
  }

  /** @throws TypeError for a hook that reads what this algorithm does not have */
  private assertServes({ name, reads = [] }: Hook): void {
    const base = Optimizer.prototype as Optimizer<O>;
    const hasRate =
      this.rateInForce !== base.rateInForce ||
      this.groups.every((group) => (group as OptimizerOptions).learningRate != null);
    const has = { learningRate: hasRate, secondMoment: this.secondMoment !== base.secondMoment };
    const words = { learningRate: 'a learning rate', secondMoment: 'a second moment' };
    const missing = reads.find((what) => !has[what]);
    if (missing)
      throw new TypeError(
        `${this.owner}: transforms: hook ${name} needs ${words[missing]}, which ${this.owner} does not have`,
      );
  }

  private belongsToWhole(option: string): boolean {
    return option === 'parameterGroups' || option === 'transforms';
  }

  private slotInits(group: number): Record<string, SlotInit> {
    const inits = { ...this.slots(this.groups[group]!) };
    for (const { key, hook } of this.hooks) {
      for (const [name, init] of Object.entries(hook.slots ?? {})) inits[`${key}.${name}`] = init;
    }
    return inits;
  }

  /** The slots a parameter of any group may have. */
  private slotNames(): string[] {
    return [...new Set(this.groups.flatMap((_, group) => Object.keys(this.slotInits(group))))];
  }

  private globalNames(): string[] {
    return Object.keys(this.firstGlobals());
  }

  private firstGlobals(): Record<string, number> {
    const globals = { ...this.globals(this.settings) };
    for (const { key, hook } of this.hooks) {
      for (const [name, value] of Object.entries(hook.globals ?? {})) globals[`${key}.${name}`] = value;
    }
    return globals;
  }
}

/** The outputs of a program by name. */
function named({ outputs }: Program, values: readonly tf.Tensor[]): [string, tf.Tensor][] {
  return outputs.map(({ name }, i) => [name, values[i]!]);
}

/** A variable of the optimizer's own, unnamed and not trainable; takes over the tensor. */
function toVariable(value: tf.Tensor): tf.Variable {
  const variable = tf.variable(value, false);
  value.dispose();
  return variable;
}

/** Whether a variable is still there; `isDisposed` does not tell after `tf.disposeVariables()`. */
function isAlive(variable: tf.Variable): boolean {
  return tf.engine().registeredVariables[variable.name] === variable;
}
