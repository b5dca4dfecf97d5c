// SPDX-License-Identifier: Apache-2.0
// One round at the broker: the answers that fit, and the record that says which of them count.

import type { Kept, RunLog } from './log.js';
import { messageOf, recordKey, recordOf, type Answer, type RoundRecord } from './messages.js';
import type { Settings } from './options.js';
import type { StateStore } from './state-store.js';
import { bytesIn, bytesOf, encoded, framed, hashOf, numbersOf } from './wire.js';

/** What was decided in a round. */
export interface Decision {
  readonly record: RoundRecord;
  /** The numbers of the answers that count; `null` where this worker's state is another one, or they are gone. */
  readonly answers: readonly (readonly Float32Array[])[] | null;
  /** Whether the record is this worker's. */
  readonly isOwn: boolean;
}

/** How long to wait before looking again, in milliseconds; a notice of something new comes sooner. */
const interval = 250;

interface Found {
  readonly seq: number;
  readonly numbers: Float32Array[];
}

/** A round at the broker, as one worker sees it. */
export class Meeting {
  /** Answers that fit, the first of each worker. */
  readonly #answers = new Map<string, Found>();
  readonly #greeted = new Set<string>();
  readonly #left = new Set<string>();
  /** This worker's answer as the others read it, where it lies in pieces. */
  #own: { readonly name: string; readonly numbers: Float32Array[] | null } | undefined;
  #from = 1;

  /** @param start - fingerprint of the state that the round starts from */
  constructor(
    private readonly log: RunLog,
    private readonly states: StateStore,
    private readonly settings: Settings,
    private readonly round: number,
    private readonly start: string,
  ) {}

  /** Answers with a change, and waits until it is decided what counts. */
  async hold(change: readonly Float32Array[], expected: ReadonlySet<string>): Promise<Decision> {
    const { quorum, timeout, worker } = this.settings;
    let hasAnswered = false;
    for (let waited = 0; ;) {
      const kept = await this.log.get(recordKey(this.round));
      const decision = kept && (await this.#read(kept));
      if (decision) return decision;
      if (!hasAnswered) await this.#answer(change);
      hasAnswered = true;
      await this.#readLog();
      const isMissing = [...expected, ...this.#greeted].some(
        (each) => !this.#answers.has(each) && !this.#left.has(each) && each !== worker,
      );
      const isLate = waited >= timeout;
      if (this.#answers.size > 0 && (isLate || (!isMissing && this.#answers.size >= quorum))) {
        const record = this.#proposal();
        const isOwn = await this.log.set(recordKey(this.round), encoded(record), kept);
        if (isOwn) return { record, answers: await this.#counted(record), isOwn };
        continue;
      }
      // Only time in which the broker answers counts: when it was away, so were the answers of others.
      const pause = Math.min(interval, Math.max(timeout - waited, 1));
      const before = performance.now();
      await this.log.changed(pause);
      waited += Math.min(performance.now() - before, pause);
    }
  }

  /** What was decided; `null` where nothing is yet. */
  async decided(): Promise<Decision | null> {
    const kept = await this.log.get(recordKey(this.round));
    return kept && this.#read(kept);
  }

  #proposal(): RoundRecord {
    const counted = [...this.#answers].map(([worker, { seq }]) => ({ seq, worker }));
    return {
      run: this.settings.run,
      round: this.round,
      start: this.start,
      counted: counted.sort((a, b) => a.seq - b.seq),
    };
  }

  /** A record with the answers it lists; `null` for one that does not fit, which any worker may replace. */
  async #read({ value }: Kept): Promise<Decision | null> {
    const record = recordOf(value, this.settings.run, this.round);
    if (!record) return null;
    const answers = record.start === this.start ? await this.#counted(record) : null;
    if (answers) return { record, answers, isOwn: false };
    // Either this worker is behind or has another state, or the record is wrong: the global state tells.
    for (let waited = 0; waited <= this.settings.timeout; waited += interval) {
      const note = await this.states.note();
      if (!note || note.round > this.round) return { record, answers, isOwn: false };
      if (note.round === this.round && note.hash === this.start) return null;
      if (note.round === this.round && note.hash === record.start) return { record, answers, isOwn: false };
      await this.log.changed(interval);
    }
    return null;
  }

  /** The numbers that a record counts; `null` unless all of them are there and fit. */
  async #counted({ counted }: RoundRecord): Promise<Float32Array[][] | null> {
    const all: Float32Array[][] = [];
    for (const { seq, worker } of counted) {
      const known = this.#answers.get(worker);
      const numbers = known?.seq === seq ? known.numbers : await this.#numbersAt(seq, worker);
      if (!numbers) return null;
      all.push(numbers);
    }
    return all;
  }

  async #numbersAt(seq: number, worker: string): Promise<Float32Array[] | null> {
    const logged = await this.log.at(seq);
    const message = logged && messageOf(logged.data, this.settings.run, this.round, this.settings.trained);
    if (!message) return null;
    const { header, data } = message;
    if (header.kind !== 'answer' || header.worker !== worker) return null;
    return this.#numbersOf(header, data);
  }

  /** Reads what is new in the log. */
  async #readLog(): Promise<void> {
    const { run, trained } = this.settings;
    for (;;) {
      const logged = await this.log.next(this.round, this.#from);
      if (!logged) return;
      this.#from = logged.seq + 1;
      const message = messageOf(logged.data, run, this.round, trained);
      if (!message) continue;
      const { header, data } = message;
      if (header.kind === 'answer') {
        const numbers = !this.#answers.has(header.worker) && (await this.#numbersOf(header, data));
        if (numbers) this.#answers.set(header.worker, { seq: logged.seq, numbers });
      } else (header.kind === 'hello' ? this.#greeted : this.#left).add(header.worker);
    }
  }

  /** The numbers of an answer; `null` where they do not fit, or it started from another state. */
  async #numbersOf({ start, pieces, precision }: Answer, inline: Uint8Array): Promise<Float32Array[] | null> {
    const { sizes } = this.settings.trained;
    if (start !== this.start) return null;
    if (!pieces) return numbersOf(inline, sizes, precision);
    if (pieces.name === this.#own?.name) return this.#own.numbers;
    const data = await this.log.whole('answers', pieces.name, bytesIn(sizes, precision));
    return data && hashOf(data) === pieces.hash ? numbersOf(data, sizes, precision) : null;
  }

  /** Puts this worker's answer into the log. */
  async #answer(change: readonly Float32Array[]): Promise<void> {
    const { run, worker, precision, trained } = this.settings;
    const { names, shapes, sizes } = trained;
    const data = bytesOf(change, precision);
    const common: Answer = {
      kind: 'answer',
      run,
      round: this.round,
      worker,
      start: this.start,
      precision,
      names,
      shapes,
    };
    const identity = `answer-${this.round}-${worker}`;
    const whole = framed(common, data);
    // Room for what the protocol adds.
    if (whole.length + 512 <= this.log.limit) return this.log.publish(this.round, identity, whole);
    const hash = hashOf(data);
    const name = `${this.round}-${worker}-${hash}`;
    this.#own = { name, numbers: numbersOf(data, sizes, precision) };
    await this.log.put('answers', name, data);
    return this.log.publish(this.round, identity, framed({ ...common, pieces: { name, hash } }));
  }
}
