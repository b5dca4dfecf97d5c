// SPDX-License-Identifier: Apache-2.0
// The options of an optimizer: in force, and changed between steps.

import { BaseOptimizer, type Entry, type NamedGradients } from '@optim/contract';
import { check, grouped, isRecord, isSchedule } from '@optim/options';
import type { OptionSpec, Schedule } from '@optim/options';
import type * as tf from '@tensorflow/tfjs-core';
import type { GlobalValue } from '@optim/state';
import type { CommonOptions, OptimizerOptions, Scaled } from './rule/common-options.js';
import type { AnyRecurrence, AnyRule } from './rule/rule.js';
import { scales, settled } from './rule/settled.js';
import { atStep } from './step/binding.js';
import { Engine } from './step/engine.js';

/** Options at one step: those that may be schedules are numbers. */
export type InForce<O> = { readonly [K in keyof O]-?: Exclude<O[K], Schedule | undefined> };

/** Base of optimizers that run a rule: its options, and the engine that goes by them. */
export abstract class Settable<O extends CommonOptions> extends BaseOptimizer {
  /** The algorithm. */
  static readonly rule: AnyRule;

  /** Further rules by name over the same state, for an algorithm that calls them itself; hooks act in none of them. */
  static readonly parts: Readonly<Record<string, AnyRecurrence>> = {};

  /** Default, range and check of every option. */
  static get options(): Readonly<Record<string, OptionSpec>> {
    return this.rule.options as Record<string, OptionSpec>;
  }

  /** What every step needs. */
  static override get needs(): readonly ('loss' | 'gradient' | 'closure')[] {
    return this.rule.needs ?? [];
  }

  /** Options in force, defaults filled in. */
  protected settings: Required<O>;
  protected engine: Engine;

  constructor(options: O = {} as O) {
    super();
    this.settings = this.checked(options);
    this.engine = this.engineFor(this.settings);
  }

  protected get rule(): AnyRule {
    return (this.constructor as typeof Settable).rule;
  }

  protected get table(): Record<string, OptionSpec> {
    return (this.constructor as typeof Settable).options;
  }

  protected checked(options: object): Required<O> {
    return settled<O>(this.owner, this.table, this.rule, options);
  }

  protected engineFor(settings: Required<O>): Engine {
    const { parts } = this.constructor as typeof Settable;
    return new Engine({ owner: this.owner, table: this.table, settings, rules: { '': this.rule, ...parts } });
  }

  /** Variables with their gradients, but for those that are frozen. */
  protected override entriesOf(gradients: NamedGradients): Entry[] {
    return super.entriesOf(gradients).filter(({ variable }) => !this.engine.state.isFrozen(variable));
  }

  get learningRate(): number {
    return this.learningRateOf(null);
  }

  /** @internal The learning rate of the next step for a variable, which may be in a group; `null` for one in none. */
  override learningRateOf(variable: tf.Variable | null): number {
    const { iterations, owner, table, rule } = this;
    if (variable && this.engine.state.isFrozen(variable)) return 0;
    const settings = this.engine.optionsOf(variable) as OptimizerOptions & Scaled;
    if (rule.reportedRate)
      return rule.reportedRate(atStep(owner, table, settings, iterations), iterations + 1);
    const { learningRate: rate, learningRateScale: scale = 1 } = settings;
    return scale * (isSchedule(rate) ? rate(iterations) : (rate ?? Number.NaN));
  }

  set learningRate(rate: number | Schedule) {
    const row = this.table['learningRate'];
    if (!row) throw new TypeError(`${this.owner}: has no learningRate to set`);
    check(this.owner, 'learningRate', row, rate);
    const settings: Required<O> & Scaled = { ...this.settings, learningRate: rate };
    delete settings.learningRateScale;
    this.rule.validate?.(settings);
    this.configure(settings);
  }

  /**
   * Multiplies all learning rates, those of schedules and groups too, by a factor from now on, until `learningRate` is set. The
   * factor is saved with the options.
   *
   * @param factor - in [0, ∞)
   * @throws TypeError where there is no rate that a factor would change; RangeError for a factor out of range
   */
  scaleLearningRate(factor: number): void {
    const row = this.table['learningRate'];
    const rates = grouped(this.settings as OptimizerOptions).map(({ learningRate }) => learningRate);
    if (!row || row.isWhole || rates.includes(null as never))
      throw new TypeError(`${this.owner}: has no learningRate to scale`);
    check(this.owner, 'the factor on the learning rate', scales, factor);
    const { learningRateScale: before } = this.settings as Scaled;
    this.configure({ ...this.settings, learningRateScale: (before ?? 1) * factor });
  }

  /**
   * Gives options other values from the next step on, numbers or schedules; state stays, and they are saved with it. All
   * are checked together, and when one is refused none has changed. Groups keep what is their own.
   *
   * @param options - any that may be schedules; one that is `undefined` gets its default
   * @throws TypeError for an unknown option, a wrong type, and one that shapes the state or the step; RangeError for a value out
   * of range
   */
  override set(options: Partial<O>): void {
    const { settings, table } = this;
    const given = isRecord(options) ? { ...settings, ...options } : options;
    const next: Required<O> & Scaled = this.checked(given);
    const shape = (of: Required<O>): string =>
      JSON.stringify([this.engineFor(of).state.names(), this.rule.rounds?.(of)]);
    for (const name in options)
      if (!table[name]?.symbolic || shape({ ...settings, [name]: next[name] }) !== shape(settings))
        throw new TypeError(`${this.owner}: ${name} shapes the state or the step; make a new one with it`);
    if ('learningRate' in options) delete next.learningRateScale;
    this.configure(next);
  }

  /**
   * The options of the next step, with schedules evaluated and the learning rate as `learningRate` reports it.
   *
   * @param variable - one whose group counts; without it, the options of variables in no group
   */
  override inForce(variable: tf.Variable | null = null): InForce<O> {
    const values = atStep(this.owner, this.table, this.engine.optionsOf(variable), this.iterations);
    if ('learningRate' in values) values['learningRate'] = this.learningRateOf(variable);
    return values as InForce<O>;
  }

  /** @internal */
  override resetting(keepStep: boolean): () => void {
    this.assertStepping();
    const { settings } = this;
    return () => this.replace(this.engineFor(settings), settings, keepStep ? this.iterations : 0);
  }

  /** Puts another engine in the place of the one there is, with its options, step count and globals. */
  protected replace(
    engine: Engine,
    settings: Required<O>,
    step: number,
    globals: Readonly<Record<string, GlobalValue>> = engine.state.firstGlobals(),
  ): void {
    this.engine.state.clear();
    this.settings = settings;
    this.engine = engine;
    this.iterations_ = step;
    this.restored(globals);
  }

  /** @internal Gives back what brings the options to what they are now. */
  override keepOptions(): () => void {
    const { settings } = this;
    return () => this.configure(settings);
  }

  /** Other options from here on, which are saved; state stays. */
  protected configure(settings: Required<O>): void {
    this.settings = settings;
    this.engine.configure(settings);
  }
}
