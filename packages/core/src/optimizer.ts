// SPDX-License-Identifier: Apache-2.0
// The base of every algorithm that is written as a rule.

import { loadExecutors, type Program } from '@optim/fusion';
import * as tf from '@tensorflow/tfjs-core';
import { Algorithm } from './algorithm.js';
import type { Entry, NamedWeight } from './base.js';
import { atStep, bind } from './binding.js';
import type { CommonOptions, DecayScalars, OptimizerOptions } from './common-options.js';
import { decodeOptions, encodeSavable } from './config.js';
import { checkGroups, grouped, type ParameterGroup } from './group.js';
import { keyed, withHooks, type Hook } from './hook.js';
import { OptimizerState, type Momentum, type SavedState } from './optimizer-state.js';
import { check, resolveOptions, type OptionSpec, type OptionTable } from './options.js';
import type { Resolved } from './rule.js';
import type { Schedule } from './schedule.js';
import { checkStateDict, type StateDict } from './state.js';
import { Stepper, type Binding, type Parameter } from './stepper.js';
import { Tracer } from './tracer.js';
import { readWeights } from './weights.js';

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
export abstract class Optimizer<O extends CommonOptions = OptimizerOptions> extends Algorithm<O> {
  private groups: readonly Required<O>[] = [];
  private state!: OptimizerState;
  private stepper!: Stepper;

  constructor(options: O = {} as O) {
    super();
    this.configure(this.checked(options));
  }

  // --- Options ----------------------------------------------------------------------------------------------------

  private get table(): Record<string, OptionSpec> {
    return (this.constructor as typeof Optimizer).options as Record<string, OptionSpec>;
  }

  private checked(options: object): Required<O> {
    const settings = resolveOptions<O>(this.owner, this.table as OptionTable<O>, options);
    checkGroups(this.owner, this.table, settings.parameterGroups as readonly ParameterGroup[]);
    this.validate(settings);
    for (const group of grouped(settings).slice(1)) this.validate(group);
    return settings;
  }

  private configure(settings: Required<O>): void {
    this.settings = settings;
    this.groups = grouped(settings);
    const hooks = keyed(this.owner, settings.transforms as readonly Hook[]);
    for (const { hook } of hooks) this.assertServes(hook);
    const tracer = new Tracer({
      name: this.owner,
      hooks,
      rounds: this.rounds(settings),
      decay: (pair, scalars) => this.decay(pair, scalars as unknown as DecayScalars),
      rate: (param, scalars) => this.rateInForce(param, scalars as unknown as DecayScalars),
      secondMoment: (tensors, scalars) => this.secondMoment(tensors, scalars)!,
      update: (tensors, scalars) => this.update(tensors, scalars),
    });
    this.stepper = new Stepper(tracer, this.owner);
    this.state = new OptimizerState({
      owner: this.owner,
      tracer,
      hooks,
      groups: settings.parameterGroups as readonly ParameterGroup[],
      slots: (group) => withHooks(this.slots(this.groups[group]!), hooks, ({ slots }) => slots),
      globals: () => withHooks(this.globals(this.settings), hooks, ({ globals }) => globals),
    });
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
    this.groups = grouped(settings);
  }

  // --- The step ---------------------------------------------------------------------------------------------------

  protected step(entries: readonly Entry[], loss?: tf.Scalar): void {
    const { needs } = this.constructor as typeof Optimizer;
    const hooks = this.settings.transforms as readonly Hook[];
    const readsMoments = hooks.some(({ reads }) => reads?.includes('secondMoment'));
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
        globals: this.state.globals,
        loss: needs.includes('loss') ? loss : undefined,
      });
    });
    this.incrementIterations();
  }

  private bind(group: number, exempt: readonly string[], t: number): Binding {
    const options = this.groups[group]!;
    const decays = options.weightDecay !== 0;
    const values = atStep(this.owner, this.table, options, this.iterations);
    const coefficients = this.coefficients(t, values as Resolved<O>);
    return bind({ group, decays, exempt }, this.table, values, coefficients);
  }

  /** @internal Programs of the last step, with the number of parameters each runs for. */
  programs(): Map<Program, number> {
    this.assertUsable();
    return this.stepper.programs();
  }

  /**
   * Meets variables: makes their slots, or takes over the saved ones. Done by the first step; useful before it where
   * a slot starts from the value of the parameter.
   */
  protected track(variables: readonly tf.Variable[]): Parameter[] {
    return this.state.track(variables);
  }

  /** Parameters in the order in which their variables were made. */
  protected ordered(): Parameter[] {
    return this.state.ordered();
  }

  /** Gives a global another value between steps. */
  protected setGlobal(name: string, value: number): void {
    this.state.setGlobal(name, value);
  }

  // --- State ------------------------------------------------------------------------------------------------------

  /** The globals as numbers: those of the algorithm by name, those of a hook as `hook.name`. */
  async readGlobals(): Promise<Record<string, number>> {
    this.assertUsable();
    return this.state.readGlobals();
  }

  /** @internal The running averages kept for the parameters met so far; `null` if the rule keeps none. */
  momentum(): Momentum | null {
    const { momentumSlots } = this.constructor as typeof Optimizer;
    return this.state.momentum(momentumSlots);
  }

  override async stateDict(): Promise<StateDict> {
    this.assertUsable();
    const state: StateDict = {
      format: 1,
      optimizer: this.owner,
      step: this.iterations,
      hyperparameters: encodeSavable(this.owner, this.settings),
      ...(await this.state.save()),
    };
    // So that the steps after this one are the same bits as those of whoever resumes from it.
    await loadExecutors();
    return state;
  }

  override async prepare(state: unknown): Promise<() => void> {
    this.assertUsable();
    const { slots, globals } = this.state.names();
    const saved = checkStateDict(this.owner, state, slots, globals);
    const { parameterGroups, transforms } = this.settings;
    const hyperparameters = decodeOptions(saved.hyperparameters);
    const options = this.checked({ ...this.settings, ...hyperparameters, parameterGroups, transforms });
    return this.restoring(saved, options);
  }

  /** The step count, then the number of updates of each parameter, globals, and slots grouped by kind. */
  override async getWeights(): Promise<NamedWeight[]> {
    this.assertUsable();
    const { made, weights } = this.state.toWeights(this.iterations);
    this.handOut(made);
    await loadExecutors(); // as in stateDict
    return weights;
  }

  override async prepareWeights(weights: readonly NamedWeight[]): Promise<() => void> {
    this.assertUsable();
    const { slots, globals } = this.state.names();
    return this.restoring(await readWeights(this.owner, weights, slots, globals), this.settings);
  }

  override dispose(): void {
    this.state.clear();
    super.dispose();
  }

  /** Refuses what does not fit the parameters already met; otherwise gives back what replaces all state. */
  private restoring(saved: SavedState, options: Required<O>): () => void {
    const variables = this.state.fitting(saved);
    return () => {
      this.state.clear();
      this.configure(options);
      this.iterations_ = saved.step;
      const globals = this.state.restore(saved);
      if (variables.length > 0) tf.tidy(() => void this.track(variables));
      this.restored(globals);
    };
  }
}
