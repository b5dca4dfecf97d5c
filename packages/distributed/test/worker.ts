// SPDX-License-Identifier: Apache-2.0
// A worker of a small problem: every worker pulls the weights towards a point of its own.

import { AdamW } from '@optim/adamw';
import { SGDW } from '@optim/sgdw';
import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'vitest';
import { distributedRounds, type DistributedRounds, type RoundReport } from '../src/index.js';
import type { DistributedRoundsOptions } from '../src/index.js';
import type { Broker } from './broker.js';

export const localSteps = 3;
let made = 0;

export class Worker {
  readonly reports: RoundReport[] = [];
  rounds!: DistributedRounds;
  readonly #inner = new AdamW({ learningRate: 0.05 });
  readonly outer = new SGDW({ learningRate: 0.7, momentum: 0.5, nesterov: true });

  private constructor(
    readonly name: string,
    readonly target: number,
    readonly variables: Readonly<Record<string, tf.Variable>>,
  ) {}

  /** @param target - where it pulls the weights, and by how much its own first weights differ from those of others */
  static async join(
    broker: Broker,
    name: string,
    target: number,
    options: Partial<DistributedRoundsOptions> = {},
    sizes: readonly [number, number] = [3, 2],
  ): Promise<Worker> {
    made += 1;
    const variables = tf.tidy(() => ({
      kernel: tf.variable(tf.fill([...sizes], target / 10), true, `kernel_${made}`),
      bias: tf.variable(tf.fill([sizes[1]], target / 20), true, `bias_${made}`),
    }));
    const worker = new Worker(name, target, variables);
    worker.rounds = await distributedRounds({
      connection: await broker.connect(),
      run: 'test',
      optimizer: worker.#inner,
      outer: worker.outer,
      variables,
      localSteps,
      quorum: 1,
      timeout: 20_000,
      worker: name,
      onRound: (report) => worker.reports.push(report),
      ...options,
    });
    return worker;
  }

  /** Makes local steps, as many as a round has, without ending it. */
  stepLocally(): void {
    const variables = Object.values(this.variables);
    const loss = (): tf.Scalar =>
      tf.addN(
        variables.map((each) => tf.sum(tf.square(tf.sub(each, this.target))) as tf.Scalar),
      ) as tf.Scalar;
    for (let i = 0; i < localSteps; i++) this.#inner.minimize(loss, false, variables);
  }

  /** Makes rounds. */
  async work(count: number): Promise<void> {
    for (let i = 0; i < count; i++) {
      this.stepLocally();
      await this.rounds.exchange();
    }
  }

  async weights(): Promise<number[][]> {
    return Promise.all(Object.values(this.variables).map(async (each) => [...(await each.data())]));
  }

  /** Ends as a process does that is killed: nothing is said. */
  die(): void {
    tf.dispose(Object.values(this.variables));
    this.#inner.dispose();
    this.outer.dispose();
  }

  async leave(): Promise<void> {
    await this.rounds.close();
    this.die();
  }
}

/** Workers whose last round was the same have the same weights and states, bit for bit. */
export async function expectEqual(workers: readonly Worker[]): Promise<void> {
  const [first, ...others] = workers;
  for (const other of others) {
    expect(other.rounds.round).toBe(first!.rounds.round);
    expect(other.rounds.hash).toBe(first!.rounds.hash);
    expect(await other.weights()).toEqual(await first!.weights());
  }
}

/** Every round was made once by each worker, and by all alike. */
export function expectSameRounds(workers: readonly Worker[]): void {
  const hashes = new Map<number, string>();
  for (const { reports } of workers) {
    expect(new Set(reports.map(({ round }) => round)).size).toBe(reports.length);
    for (const { round, hash, agreed } of reports) {
      expect(agreed).toBe(true);
      expect(hashes.get(round) ?? hash).toBe(hash);
      hashes.set(round, hash);
    }
  }
}
