// SPDX-License-Identifier: Apache-2.0

import { jetstream } from '@nats-io/jetstream';
import { Kvm } from '@nats-io/kv';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Kept, Logged, RunLog } from '../src/log.js';
import { Meeting } from '../src/meeting.js';
import type { Settings } from '../src/options.js';
import { StateStore } from '../src/state-store.js';
import { bytesOf, encoded, framed, parsed } from '../src/wire.js';
import { Broker, lacking } from './broker.js';
import { fitting, hostile, hostileRecord, shapes, type Attacked, type Hostile } from './hostile.js';
import { expectSameRounds, Worker } from './worker.js';

const attacked: Attacked = { run: 'test', round: 3, start: '0123456789abcdef' };

/** A log that holds everything here. */
class MemoryLog {
  readonly limit = 2 ** 20;
  readonly messages: Uint8Array[] = [];
  readonly entries = new Map<string, Kept>();

  async publish(_round: number, _identity: string, data: Uint8Array): Promise<void> {
    this.messages.push(data);
  }

  async next(_round: number, from: number): Promise<Logged | null> {
    return this.at(from);
  }

  async at(seq: number): Promise<Logged | null> {
    const data = this.messages[seq - 1];
    return data ? { seq, data } : null;
  }

  async get(key: string): Promise<Kept | null> {
    return this.entries.get(key) ?? null;
  }

  async set(key: string, value: Uint8Array, before: Kept | null): Promise<boolean> {
    if ((this.entries.get(key) ?? null) !== before) return false;
    this.entries.set(key, { value, revision: (before?.revision ?? 0) + 1 });
    return true;
  }

  async whole(_kind: string, name: string, size: number): Promise<Uint8Array | null> {
    const kept = this.entries.get(`${name}.0`);
    return kept?.value.length === size ? kept.value : null;
  }

  async changed(): Promise<void> {}
}

const sizes = [6, 2];
const settings = {
  run: attacked.run,
  worker: 'a',
  quorum: 2,
  timeout: 1000,
  precision: 'float32',
  trained: { names: ['kernel', 'bias'], shapes, sizes, variables: [] },
} as unknown as Settings;

const own = sizes.map((size) => new Float32Array(size).fill(2));
const theirs = sizes.map((size) => new Float32Array(size).fill(3));
const answerOfB = framed(
  {
    ...attacked,
    kind: 'answer',
    worker: 'b',
    precision: 'float32',
    names: ['kernel', 'bias'],
    shapes,
  },
  bytesOf(theirs, 'float32'),
);

/** Who counts, and with what, of a round with these messages before and after the answer of b. */
async function decided(
  before: readonly Hostile[],
  after: readonly Hostile[],
  record?: unknown,
): Promise<{ workers: string[]; answers: unknown }> {
  const memory = new MemoryLog();
  const put = ({ message, pieces = {} }: Hostile): void => {
    memory.messages.push(message);
    for (const [key, value] of Object.entries(pieces)) memory.entries.set(key, { value, revision: 1 });
  };
  before.forEach(put);
  memory.messages.push(answerOfB);
  after.forEach(put);
  const { run, round, start } = attacked;
  const note = { run, round, hash: start, pieces: 'x', size: 1 };
  memory.entries.set('state', { value: encoded(note), revision: 1 });
  if (record !== undefined)
    memory.entries.set(`round.${round}`, {
      value: new TextEncoder().encode(JSON.stringify(record)),
      revision: 1,
    });
  const log = memory as unknown as RunLog;
  const meeting = new Meeting(log, new StateStore(log, run), settings, round, start);
  const { record: taken, answers } = await meeting.hold(own, new Set(['b']));
  return { workers: taken.counted.map(({ worker }) => worker), answers };
}

it('messages that do not fit, of any kind and in any number, are not counted', async () => {
  const some = fc.array(hostile(attacked), { maxLength: 10 });
  const record = (place: number): fc.Arbitrary<unknown> =>
    fc.option(hostileRecord(attacked, place), { nil: undefined });
  const all = some.chain((before) => fc.tuple(fc.constant(before), some, record(before.length + 1)));
  await fc.assert(
    fc.asyncProperty(all, async (given) => {
      expect(await decided(...given)).toEqual({ workers: ['b', 'a'], answers: [theirs, own] });
    }),
    { numRuns: 500 },
  );
  // They are near enough to fit: one without a fault counts.
  const { workers } = await decided([{ message: fitting(attacked) }], []);
  expect(workers).toEqual(['evil', 'b', 'a']);
});

const missing = lacking();

describe.skipIf(missing)(
  `hostile peers over NATS${missing ? `: SKIPPED, for want of ${missing}` : ''}`,
  () => {
    let broker: Broker;
    beforeAll(async () => {
      broker = await Broker.start();
    });
    afterAll(() => broker.stop());

    /** Three rounds of two workers, before which somebody has put messages, pieces and a record of their own there. */
    const train = async (run: string, isAttacked: boolean): Promise<number[][]> => {
      // One after the other: the first weights are those of the first.
      const workers = [
        await Worker.join(broker, 'a', 1, { quorum: 2, run }),
        await Worker.join(broker, 'b', 2, { quorum: 2, run }),
      ];
      for (let round = 0; round < 3; round++) {
        if (isAttacked) await attack({ run, round, start: workers[0]!.rounds.hash });
        // In an order that is the same each time: sums depend on it.
        for (const worker of workers) worker.stepLocally();
        const first = workers[0]!.rounds.exchange();
        await new Promise((resolve) => void setTimeout(resolve, 300));
        await Promise.all([first, workers[1]!.rounds.exchange()]);
      }
      expectSameRounds(workers);
      for (const { reports } of workers)
        expect(reports.map(({ workers: counted }) => counted)).toEqual([
          ['a', 'b'],
          ['a', 'b'],
          ['a', 'b'],
        ]);
      const weights = await workers[0]!.weights();
      await Promise.all(workers.map((worker) => worker.leave()));
      return weights;
    };

    const attack = async (at: Attacked): Promise<void> => {
      const connection = await broker.connect();
      const client = jetstream(connection);
      const bucket = await new Kvm(client).open(`optim-${at.run}`);
      const manager = await client.jetstreamManager();
      const stream = `optim-${at.run}`;
      const subject = `${stream}.${at.round}`;
      let last = 0;
      for (const { message, pieces = {} } of fc.sample(hostile(at), 60)) {
        for (const [key, value] of Object.entries(pieces)) await bucket.put(`answers.${key}`, value);
        ({ seq: last } = await client.publish(subject, message));
      }
      // Everything that the workers have said in the round before, once more.
      for (let seq = 1; at.round > 0 && seq < last;) {
        const query = { seq, next_by_subj: `${stream}.${at.round - 1}` };
        const old = await manager.direct.getMessage(stream, query);
        if (!old || old.seq > last) break;
        await client.publish(subject, old.data);
        seq = old.seq + 1;
      }
      const records = [
        { ...at, counted: [{ seq: last, worker: 'evil' }] },
        { ...at, counted: [] },
        { ...at, start: 'another', counted: [{ seq: last, worker: 'evil' }] },
      ];
      await bucket.put(`round.${at.round}`, encoded(records[at.round]!));
      expect(parsed((await bucket.get(`round.${at.round}`))!.value)).toEqual(records[at.round]);
    };

    it('change nothing', async () => {
      expect(await train('attacked', true)).toEqual(await train('calm', false));
    });
  },
);
