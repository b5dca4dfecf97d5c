// SPDX-License-Identifier: Apache-2.0
// The rule inside Lookahead: slow copies of the parameters and, to pull momentum back, of the momentum.

import { commonOptions, custom, Optimizer, real, type CommonOptions, type Momentum, type OptionTable, type Results, type Scalars, type SlotInit } from '@optim/core/authoring';
import { copy, slowWeights, zeros } from '@optim/formulas';
import type { Expression } from '@optim/fusion';
import * as tf from '@tensorflow/tfjs-core';
import type { PullbackMomentum } from './lookahead.js';

interface SlowWeightsOptions extends CommonOptions {
  alpha: number;
  pullbackMomentum: PullbackMomentum;
  /** Names of the running averages that the base keeps for every parameter. */
  momentum: readonly string[];
}

/** The slot for the slow copy of a running average. */
const slowOf = (name: string): string => `slow.${name}`;

/** Slow copies, and a step that is a synchronization. */
export class SlowWeights extends Optimizer<SlowWeightsOptions> {
  static get className(): string {
    return 'Lookahead';
  }

  static override readonly options: OptionTable<SlowWeightsOptions> = {
    alpha: real('[0, 1]'),
    pullbackMomentum: custom('a string', () => true),
    momentum: custom('a list of names', Array.isArray),
    ...commonOptions(),
  };

  protected override slots({ pullbackMomentum, momentum }: SlowWeightsOptions): Record<string, SlotInit> {
    const slow = pullbackMomentum === 'pullback' ? momentum.map((name) => [slowOf(name), zeros]) : [];
    return { slow: copy, ...Object.fromEntries(slow) };
  }

  protected override update(tensors: object, { alpha }: Scalars<SlowWeightsOptions>): Results {
    const { param, slow } = tensors as Record<'param' | 'slow', Expression>;
    const next = slowWeights(slow, param, alpha);
    return { slow: next, param: next };
  }

  /** Makes the slow copies of variables that are met for the first time. */
  follow(variables: readonly tf.Variable[]): void {
    tf.tidy(() => void this.track(variables));
  }

  /** Like {@link follow}, of variables that have already stepped: `value` is that before the step. */
  followLate(stepped: readonly (readonly [variable: tf.Variable, value: tf.Tensor])[]): void {
    const met = new Set(this.copies().map(([variable]) => variable));
    const fresh = stepped.filter(([variable]) => !met.has(variable));
    const now = fresh.map(([variable]) => tf.clone(variable));
    for (const [variable, value] of fresh) variable.assign(value);
    this.follow(fresh.map(([variable]) => variable));
    fresh.forEach(([variable], i) => variable.assign(now[i]!));
    tf.dispose(now);
  }

  /** The variables met so far, each with its slow copy. */
  copies(): (readonly [variable: tf.Variable, slow: tf.Variable])[] {
    return this.ordered().map(({ variable, slots }) => [variable, slots['slow']!]);
  }

  /** Moves slow copies towards their variables, and variables onto them. The wrapper alone counts steps. */
  synchronize(momentum: Momentum | null): void {
    const entries = this.ordered().map(({ variable }) => ({ variable, grad: variable }));
    this.step(entries);
    for (const parameter of this.ordered()) parameter.updates = 0;
    if (momentum) tf.tidy(() => this.pull(momentum));
  }

  /** Takes over the count of the wrapper. */
  count(steps: number): void {
    this.iterations_ = steps;
  }

  private pull({ names, slots }: Momentum): void {
    const { alpha, pullbackMomentum } = this.settings;
    if (pullbackMomentum === 'none') return;
    const met = new Map(this.ordered().map((parameter) => [parameter.variable, parameter]));
    for (const [variable, kept] of slots) {
      kept.forEach((m, i) => {
        if (!m) return;
        if (pullbackMomentum === 'reset') return m.assign(tf.zerosLike(m));
        const mu = met.get(variable)?.slots[slowOf(names[i]!)];
        if (!mu) return;
        mu.assign(tf.add(mu, tf.mul(tf.sub(m, mu), alpha)));
        m.assign(mu);
      });
    }
  }
}
