// SPDX-License-Identifier: Apache-2.0
// What a wrapper is around, the options of both, and the engine of the wrapper's own rules.

import { assertOptimizer, BaseOptimizer } from '@optim/contract';
import { atStep } from '@optim/core/authoring';
import type { AnyRecurrence, InForce } from '@optim/core/engine';
import { isRecord, resolveOptions, show, suggestion, wrongType } from '@optim/options';
import type { OptionSpec, OptionTable, Schedule } from '@optim/options';
import type { GlobalValue } from '@optim/state';
import * as tf from '@tensorflow/tfjs-core';
import { learningRateOf, scaleRate, setRate } from './learning-rate.js';
import { WrapperEngine } from './wrapper-engine.js';
import { hasOption, inForceOf, keptOptions, optionNames, resetting, setOptions } from './live.js';

/** Base of {@link Wrapper}: an optimizer around another one, with options of its own that change between steps. */
export abstract class Settable<O extends object> extends BaseOptimizer {
  /** Default, range and check of every option. */
  static readonly options: object;

  /** The wrapped optimizer. */
  readonly base: tf.Optimizer;
  /** Options in force, defaults filled in. */
  protected settings: Required<O>;
  #made: WrapperEngine | undefined;

  /** @throws TypeError when `base` is not an optimizer; TypeError or RangeError for a wrong option */
  constructor(base: tf.Optimizer, options: O = {} as O) {
    super();
    assertOptimizer(this.owner, base, 'base');
    if (isRecord(options)) this.#assertOwn(Object.keys(options), base);
    this.settings = this.checked(options);
    this.base = base;
  }

  /** Refuses what is no option of the wrapper, with the advice that options of the base are given to it. */
  #assertOwn(names: readonly string[], base: tf.Optimizer): void {
    const own = Object.keys(this.#table);
    const name = names.find((given) => !own.includes(given));
    if (name === undefined) return;
    const advice = hasOption(base, name)
      ? ' (an option of the base: give it to that)'
      : suggestion(name, [...own, ...optionNames(base)]);
    throw new TypeError(`${this.owner}: unknown option ${show(name)}${advice}`);
  }

  /** Optimizers besides the base, for variables of their own. */
  readonly others: readonly tf.Optimizer[] = [];

  /** The base and the {@link others}. */
  override inside(): readonly tf.Optimizer[] {
    return [this.base, ...this.others];
  }

  /** The optimizer inside that steps a variable. */
  optimizerOf(_variable: tf.Variable): tf.Optimizer {
    return this.base;
  }

  /** The wrapper's own rules by name; their options are those of the wrapper, their slots and globals its state. */
  protected abstract readonly rules: Readonly<Record<string, AnyRecurrence>>;

  /** What runs the {@link rules}. */
  protected get engine(): WrapperEngine {
    this.#made ??= this.engineFor(this.settings);
    return this.#made;
  }

  protected engineFor(settings: Required<O>): WrapperEngine {
    const { owner, rules } = this;
    return new WrapperEngine({ owner, table: this.#table as Record<string, OptionSpec>, settings, rules });
  }

  get #table(): OptionTable<O> {
    return (this.constructor as typeof Settable).options as OptionTable<O>;
  }

  /** Options of the wrapper itself with every default filled in, checked one by one and together. */
  protected checked(options: object): Required<O> {
    const settings = resolveOptions<O>(this.owner, this.#table, options);
    this.validate(settings);
    return settings;
  }

  /** Refuses options that do not go together; it sees them before the wrapper is made. */
  protected validate(_settings: Required<O>): void {}

  /** The learning rate of the base. */
  get learningRate(): number {
    return (this.base as unknown as { learningRate: number }).learningRate;
  }

  set learningRate(rate: number | Schedule) {
    setRate(this.owner, this.base, rate);
  }

  override learningRateOf(variable: tf.Variable): number {
    return learningRateOf(this.optimizerOf(variable), variable);
  }

  /** Multiplies all learning rates inside by a factor, see {@link Optimizer.scaleLearningRate}. */
  scaleLearningRate(factor: number): void {
    this.changing(() => {
      for (const optimizer of this.inside()) scaleRate(this.owner, optimizer, factor);
    });
  }

  /** Changes options inside; when that throws, they are what they were. */
  protected changing(change: () => void): void {
    const putBack = this.keepOptions();
    try {
      change();
    } catch (error) {
      putBack();
      throw error;
    }
  }

  /**
   * Gives options other values from the next step on, as `set` of any optimizer. An option that the wrapper has is its own, any
   * other goes to each optimizer inside that has it. All are checked together, and when one is refused none has changed.
   *
   * @param options - any that may be schedules, of the wrapper and of what is inside; of an optimizer of TensorFlow.js its
   * `learningRate`
   * @throws TypeError for an option that none of them has, a wrong type, and one that shapes the state or the step; RangeError
   * for a value out of range
   */
  override set(options: Partial<O> & Readonly<Record<string, unknown>>): void {
    if (!isRecord(options)) throw wrongType(this.owner, 'options', 'an object', options);
    const table = this.#table as Readonly<Record<string, OptionSpec>>;
    const own = Object.entries(options).filter(([name]) => Object.hasOwn(table, name));
    const ofInside = Object.entries(options).filter(([name]) => !Object.hasOwn(table, name));
    const next = this.#changed(Object.fromEntries(own));
    for (const [name] of ofInside)
      if (!this.inside().some((optimizer) => hasOption(optimizer, name)))
        throw new TypeError(
          `${this.owner}: unknown option ${show(name)}${suggestion(name, this.optionNames())}`,
        );
    if (ofInside.length > 0) this.changing(() => this.setInside(Object.fromEntries(ofInside)));
    this.#configure(next);
  }

  /** The settings with other options of the wrapper's own, checked. */
  #changed(own: object): Required<O> {
    const { settings } = this;
    const next = this.checked({ ...settings, ...own });
    const shape = (of: object): string =>
      JSON.stringify([
        this.engineFor(of as Required<O>).state.names(),
        Object.values(this.rules).map((rule) => rule.rounds?.(of as never)),
      ]);
    const table = this.#table as Readonly<Record<string, OptionSpec>>;
    for (const name in own)
      if (!table[name]!.symbolic || shape({ ...settings, [name]: next[name as never] }) !== shape(settings))
        throw new TypeError(`${this.owner}: ${name} shapes the state or the step; make a new one with it`);
    return next;
  }

  /** Sets options of what is inside, each of which some optimizer there has; the caller puts back what was when it throws. */
  protected setInside(options: Readonly<Record<string, unknown>>): void {
    for (const optimizer of this.inside()) setOptions(this.owner, optimizer, options);
  }

  /** @internal Every option that {@link set} knows by name, the wrapper's own first. */
  optionNames(): string[] {
    return [...Object.keys(this.#table), ...this.inside().flatMap(optionNames)];
  }

  /**
   * The options of the next step, schedules evaluated: those of what is inside, and the wrapper's own, which stand for options of
   * the same name inside.
   *
   * @param variable - one whose optimizer and group count; without it, the base and its variables in no group
   * @throws TypeError for what is no variable
   */
  override inForce(variable: tf.Variable | null = null): InForce<O> & Readonly<Record<string, unknown>> {
    if (variable !== null && !(variable instanceof tf.Variable))
      throw new TypeError(`${this.owner}: inForce takes a variable or null, got ${show(variable)}`);
    const table = this.#table as Record<string, OptionSpec>;
    const own = atStep(this.owner, table, this.settings, this.iterations);
    const ofInside = inForceOf(variable ? this.optimizerOf(variable) : this.base, variable);
    return { ...ofInside, ...own } as InForce<O> & Readonly<Record<string, unknown>>;
  }

  /** @internal Overridden where there is more to forget. */
  override resetting(keepStep: boolean): () => void {
    this.assertStepping();
    const ofInside = this.inside().map((optimizer) => resetting(this.owner, optimizer, keepStep));
    return () => {
      for (const reset of ofInside) reset();
      this.replace(this.engineFor(this.settings), this.settings, keepStep ? this.iterations : 0);
    };
  }

  /** Puts another engine in the place of the one there is, with its options, step count and globals. */
  protected replace(
    engine: WrapperEngine,
    settings: Required<O>,
    step: number,
    globals: Readonly<Record<string, GlobalValue>> = engine.state.firstGlobals(),
  ): void {
    this.engine.state.clear();
    this.settings = settings;
    this.#made = engine;
    this.iterations_ = step;
    this.restored(globals);
  }

  /** @internal Gives back what brings the options to what they are now, also those inside. */
  override keepOptions(): () => void {
    const { settings } = this;
    const ofInside = this.inside().map((optimizer) => keptOptions(optimizer));
    return () => {
      for (const putBack of ofInside) putBack();
      this.#configure(settings);
    };
  }

  #configure(settings: Required<O>): void {
    this.settings = settings;
    this.engine.configure(settings);
  }
}
