// SPDX-License-Identifier: Apache-2.0
// Where the global state lies: an object, and a note in the bucket that says which one is the newest.

import { show } from '@optim/options';
import type { RunLog } from './log.js';
import { noteOf, type StateNote } from './messages.js';
import { encoded, hashOf } from './wire.js';

/** The key of the note. */
const key = 'state';

/** The newest global state of a run at the broker. */
export class StateStore {
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
    const note = { run, round, hash: hashOf(bytes), object: `state-${round}-${worker}` };
    await log.putObject(note.object, bytes);
    for (;;) {
      const before = await log.get(key);
      const old = before && this.#noteIn(before.value);
      if (old && old.round >= round) return;
      if (!(await log.set(key, encoded(note), before))) continue;
      if (old) await log.deleteObject(old.object);
      return;
    }
  }

  /** The newest state; `null` where there is none yet. */
  async newest(): Promise<{ note: StateNote; bytes: Uint8Array } | null> {
    for (;;) {
      const note = await this.note();
      if (!note) return null;
      const bytes = await this.log.object(note.object);
      if (bytes && hashOf(bytes) === note.hash) return { note, bytes };
      // Unless a newer one took its place meanwhile, it will stay unreadable.
      if ((await this.note())?.object === note.object)
        throw new Error(
          `distributedRounds: the global state of run ${show(this.run)} in round ${note.round} is damaged`,
        );
    }
  }

  #noteIn(value: Uint8Array): StateNote | null {
    return noteOf(value, this.run);
  }
}
