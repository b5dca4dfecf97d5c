// SPDX-License-Identifier: Apache-2.0
// Where the global state lies: in pieces, and a note in the bucket that says which one is the newest.

import { show } from '@optim/options';
import type { RunLog } from './log.js';
import { noteOf, recordKey, type RoundRecord, type StateNote } from './messages.js';
import { encoded, hashOf } from './wire.js';

/** The key of the note. */
const key = 'state';

/** The newest global state of a run at the broker. */
export class StateStore {
  /** What is being stored, and the error that it comes to. */
  #storing: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly log: RunLog,
    private readonly run: string,
  ) {}

  /** Which state is the newest; `null` where there is none yet. */
  async note(): Promise<StateNote | null> {
    const kept = await this.log.get(key);
    return kept && this.#noteIn(kept.value);
  }

  /** Stores a state, unless there is one of that round or of a later one. */
  async put(round: number, worker: string, bytes: Uint8Array): Promise<void> {
    const { run, log } = this;
    const hash = hashOf(bytes);
    const note: StateNote = { run, round, hash, pieces: `${round}-${worker}-${hash}`, size: bytes.length };
    await log.put('states', note.pieces, bytes);
    for (;;) {
      const before = await log.get(key);
      const old = before && this.#noteIn(before.value);
      const isLate = old !== null && old.round >= round;
      if (!isLate && !(await log.set(key, encoded(note), before))) continue;
      const useless = isLate ? note : old;
      if (useless && (!isLate || old.pieces !== note.pieces)) await log.delete('states', useless.pieces);
      return;
    }
  }

  /** Stores the state after a round while the caller goes on, and forgets then what nobody needs any more. */
  putMeanwhile({ round, counted }: RoundRecord, worker: string, bytes: Uint8Array): void {
    const work = async (): Promise<void> => {
      await this.put(round + 1, worker, bytes);
      // Whoever is one round behind still needs the answers of this one: they are younger than the record before.
      await this.log.forget(counted[0]!.seq, await this.log.get(recordKey(round - 1)));
    };
    this.#storing = work().catch((error: unknown) => error);
  }

  /**
   * Waits until that is done.
   * @throws what it came to
   */
  async stored(): Promise<void> {
    const error = await this.#storing;
    this.#storing = Promise.resolve();
    if (error !== undefined) throw error;
  }

  /** The newest state; `null` where there is none yet. */
  async newest(): Promise<{ note: StateNote; bytes: Uint8Array } | null> {
    for (;;) {
      const note = await this.note();
      if (!note) return null;
      const bytes = await this.log.whole('states', note.pieces, note.size);
      if (bytes && hashOf(bytes) === note.hash) return { note, bytes };
      // Unless a newer one took its place meanwhile, it will stay unreadable.
      if ((await this.note())?.pieces === note.pieces)
        throw new Error(
          `distributedRounds: the global state of run ${show(this.run)} in round ${note.round} is damaged`,
        );
    }
  }

  #noteIn(value: Uint8Array): StateNote | null {
    return noteOf(value, this.run);
  }
}
