// SPDX-License-Identifier: Apache-2.0
// The rounds of one worker.
//
// 1. A worker opens the run at the broker. The first one puts its weights and the state of the outer optimizer there as the global
//    state of round 0; whoever comes later takes over the newest one, and makes the rounds that have been decided since.
// 2. It says hello, so that the others wait for it, and makes its local steps.
// 3. Its answer is the pseudo-gradient: the weights it started from minus those it has reached. It goes into the log of the run,
//    a stream in which all messages have one order; numbers larger than a message go into a bucket in pieces, and the message names
//    them.
// 4. When everybody who is expected has answered and they are at least `quorum`, or after `timeout`, a worker proposes a record:
//    the places in the log of the answers that it has found to fit. The broker takes the first record of a round and refuses any
//    other (compare-and-set), so clocks say when somebody proposes, never what counts. Expected are those who counted in the round
//    before and those who have said hello, but for those who have said bye.
// 5. Every worker reads the record, averages the answers it lists in the order of the log, and makes the outer step: from equal
//    states and equal numbers, equal states. Whoever's record was taken stores the new global state and forgets old messages, while
//    it goes on; whoever comes meanwhile takes over the older state, and makes the round as well.
// 6. Every answer and record names the fingerprint of its start. A worker whose state is another one takes over the global state.

import { show } from '@optim/options';
import * as tf from '@tensorflow/tfjs-core';
import { encodeGlobal, loadGlobal } from './global-state.js';
import { RunLog } from './log.js';
import { Meeting, type Decision } from './meeting.js';
import { recordKey, recordOf, workersOf } from './messages.js';
import { settingsOf, type DistributedRoundsOptions, type RoundReport, type Settings } from './options.js';
import { follow } from './outer-step.js';
import { onParametersReplaced } from './parameters-replaced.js';
import { changeOf, meansOf } from './pseudo-gradients.js';
import { StateStore } from './state-store.js';
import { readNumbers, writeNumbers } from './trained.js';
import { areFinite, framed, hashOf } from './wire.js';

/** A worker in a run. */
export class DistributedRounds {
  readonly #states: StateStore;
  #round = -1;
  /** The weights that the round started from, and the fingerprint of the whole state. */
  #start: readonly Float32Array[] = [];
  #hash = '';
  /** Who counted in the round before. */
  #before: readonly string[] = [];
  #steps = 0;
  #busy = false;

  /** A callback of `fit` and `fitDataset`: the rounds are among `callbacks`. */
  readonly onBatchEnd: () => Promise<void>;

  private constructor(
    private readonly settings: Settings,
    private readonly log: RunLog,
  ) {
    this.#states = new StateStore(log, settings.run);
    this.onBatchEnd = async () => void (await this.step());
  }

  /** @internal */
  static async join(options: DistributedRoundsOptions): Promise<DistributedRounds> {
    const settings = settingsOf(options);
    const log = await RunLog.open(settings.connection, settings.run);
    const rounds = new DistributedRounds(settings, log);
    try {
      await rounds.#join();
    } catch (error) {
      log.close();
      throw error;
    }
    return rounds;
  }

  /** Number of the round that is under way, from 0. */
  get round(): number {
    return this.#round;
  }

  /** Name of this worker. */
  get worker(): string {
    return this.settings.worker;
  }

  /** Fingerprint of the state that the round started from, the same for all workers. */
  get hash(): string {
    return this.#hash;
  }

  /**
   * Counts one local step, in a loop of one's own: after `localSteps` of them the round ends.
   *
   * @returns what the round came to; `null` where it goes on
   */
  async step(): Promise<RoundReport | null> {
    this.#steps += 1;
    return this.#steps < this.settings.localSteps ? null : this.exchange();
  }

  /** Ends the round with the local steps that have been made at the call; those made while it waits go with the old weights. */
  async exchange(): Promise<RoundReport> {
    if (this.#busy) throw new Error('distributedRounds: a round is being ended already; wait for it');
    this.#busy = true;
    try {
      return await this.#exchange();
    } finally {
      this.#busy = false;
    }
  }

  /** Leaves the run: nobody waits for this worker any more. The variables stay as they are, the connection is the caller's. */
  async close(): Promise<void> {
    await this.#states.stored();
    await this.#greet('bye');
    this.log.close();
  }

  async #join(): Promise<void> {
    const { worker, trained, outer } = this.settings;
    if (!(await this.#states.note()))
      await this.#states.put(0, worker, await encodeGlobal(0, trained, await readNumbers(trained), outer));
    await this.#adopt();
    await this.#catchUp();
    await this.#greet('hello');
  }

  async #exchange(): Promise<RoundReport> {
    const { trained, optimizer, onReplaced, worker, quorum, onRound } = this.settings;
    const began = performance.now();
    const [reached] = await Promise.all([readNumbers(trained), this.#states.stored()]);
    const { sent, received } = this.log;
    const change = changeOf(this.#start, reached);
    const wrong = change.findIndex((values) => !areFinite(values));
    if (wrong >= 0)
      throw new RangeError(
        `distributedRounds: the local steps must leave finite weights, got others in ${show(trained.names[wrong])}`,
      );
    const agreed = await this.#agree();
    const round = this.#round;
    const decision = await this.#meeting(round).hold(change, new Set(this.#before));
    const isOurs = await this.#follow(decision);
    await this.#catchUp();
    await onParametersReplaced(optimizer, onReplaced);
    if (!this.#before.includes(worker)) await this.#greet('hello');
    this.#steps = 0;
    const workers = workersOf(decision.record);
    const report: RoundReport = {
      round,
      workers,
      counts: workers.includes(worker),
      quorate: workers.length >= quorum,
      agreed: agreed && isOurs,
      hash: this.#hash,
      sent: this.log.sent - sent,
      received: this.log.received - received,
      milliseconds: performance.now() - began,
    };
    onRound?.(report);
    return report;
  }

  #meeting(round: number): Meeting {
    return new Meeting(this.log, this.#states, this.settings, round, this.#hash);
  }

  /** Makes the rounds that have been decided while this worker was away. */
  async #catchUp(): Promise<void> {
    for (;;) {
      const decision = await this.#meeting(this.#round).decided();
      if (!decision) return;
      await this.#follow(decision);
    }
  }

  /** Makes the outer step that was decided, or takes over the state of whoever could; whether it made the step. */
  async #follow({ record, answers, isOwn }: Decision): Promise<boolean> {
    const { trained, outer, worker } = this.settings;
    const next = record.round + 1;
    if (!answers) {
      await this.#adoptFrom(next);
      return false;
    }
    writeNumbers(trained, this.#start, () => {
      const means = meansOf(answers);
      follow(
        outer,
        trained.variables.map((variable, i) => ({
          variable,
          change: tf.tensor(means[i]!, [...trained.shapes[i]!]),
        })),
      );
    });
    this.#start = await readNumbers(trained);
    const bytes = await encodeGlobal(next, trained, this.#start, outer);
    this.#hash = hashOf(bytes);
    this.#round = next;
    this.#before = workersOf(record);
    if (isOwn) this.#states.putMeanwhile(record, worker, bytes);
    return true;
  }

  /** Takes over the global state of this round if this worker's is another one; whether it was the same. */
  async #agree(): Promise<boolean> {
    const note = await this.#states.note();
    if (note?.round !== this.#round || note.hash === this.#hash) return true;
    await this.#adopt();
    return false;
  }

  /** Takes over the global state of a round or of a later one, as soon as somebody has stored it. */
  async #adoptFrom(round: number): Promise<void> {
    const { run, timeout } = this.settings;
    for (let waited = 0; waited <= timeout; waited += 100) {
      const note = await this.#states.note();
      if (note && note.round >= round) return this.#adopt();
      await this.log.changed(100);
    }
    throw new Error(
      `distributedRounds: the state of this worker is not that of run ${show(run)} in round ${round - 1}, and nobody has stored the next one`,
    );
  }

  /** Takes over the newest global state. */
  async #adopt(): Promise<void> {
    const { run, trained, outer } = this.settings;
    const newest = await this.#states.newest();
    if (!newest) throw new Error(`distributedRounds: run ${show(run)} has no global state`);
    const { note, bytes } = newest;
    this.#start = await loadGlobal(bytes, note.round, trained, outer);
    this.#hash = note.hash;
    this.#round = note.round;
    const before = await this.log.get(recordKey(note.round - 1));
    const record = before && recordOf(before.value, run, note.round - 1);
    this.#before = record ? workersOf(record) : [];
  }

  async #greet(kind: 'hello' | 'bye'): Promise<void> {
    const { run, worker } = this.settings;
    const header = { kind, run, round: this.#round, worker };
    await this.log.publish(this.#round, `${kind}-${this.#round}-${worker}`, framed(header));
  }
}
