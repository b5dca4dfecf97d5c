// SPDX-License-Identifier: Apache-2.0

import { jetstreamManager } from '@nats-io/jetstream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Broker, lacking } from './broker.js';
import { expectEqual, expectSameRounds, Worker } from './worker.js';

const missing = lacking();

describe.skipIf(missing)(`pieces over NATS${missing ? `: SKIPPED, for want of ${missing}` : ''}`, () => {
  let broker: Broker;
  beforeAll(async () => {
    broker = await Broker.start('max_payload: 65536');
  });
  afterAll(() => broker.stop());

  /** The keys of the bucket of a run, in order. */
  const keysOf = async (run: string): Promise<string[]> => {
    const manager = await jetstreamManager(await broker.connect());
    const { state } = await manager.streams.info(`KV_optim-${run}`, { subjects_filter: '>' });
    return Object.keys(state.subjects!)
      .map((subject) => subject.slice(`$KV.optim-${run}.`.length))
      .sort();
  };

  it('numbers beyond the limit of a message travel in pieces, which go when nobody needs them', async () => {
    const sizes = [240, 160] as const;
    const run = 'pieces';
    const workers = await Promise.all([
      Worker.join(broker, 'a', 1, { quorum: 2, run }, sizes),
      Worker.join(broker, 'b', 2, { quorum: 2, run, precision: 'bfloat16' }, sizes),
    ]);
    await Promise.all(workers.map((worker) => worker.work(4)));
    await expectEqual(workers);
    expectSameRounds(workers);
    const numbers = 240 * 160 + 160;
    // What a worker has sent itself it does not fetch.
    for (const [i, each] of [4, 2].entries())
      for (const { sent, received } of workers[i]!.reports) {
        const stored = sent > 8 * numbers ? 8 : 0;
        expect(sent / numbers).toBeCloseTo(each + stored, 0);
        expect(received / numbers).toBeCloseTo(6 - each, 0);
      }
    await Promise.all(workers.map((worker) => worker.leave()));

    const keys = (await keysOf(run)).map((key) => key.replace(/(-[ab]-)[0-9a-f]{16}/, '$1HASH'));
    const pieces = (name: string, bytes: number): string[] =>
      Array.from({ length: Math.ceil(bytes / 64512) }, (_, i) => `${name}.${i}`);
    const answers = keys.filter((key) => key.startsWith('answers.'));
    // Whoever is one round behind still needs those of the last one.
    expect(answers).toEqual([
      ...pieces('answers.3-a-HASH', 4 * numbers),
      ...pieces('answers.3-b-HASH', 2 * numbers),
    ]);
    const states = keys.filter((key) => key.startsWith('states.'));
    expect(states).toEqual(pieces(`states.4-${states[0]![9]}-HASH`, 8 * numbers + 3000));
    expect(keys.filter((key) => !answers.includes(key) && !states.includes(key))).toEqual([
      ...[0, 1, 2, 3].map((round) => `round.${round}`),
      'state',
    ]);
  });

  it('a worker is gone before it has stored the state: whoever comes makes that round once more', async () => {
    const sizes = [200, 2000] as const;
    const connection = await broker.connect();
    const a = await Worker.join(broker, 'a', 1, { run: 'gone', connection }, sizes);
    await a.work(1);
    await connection.close();
    expect(await keysOf('gone')).toContain('round.0');
    expect((await keysOf('gone')).some((key) => key.startsWith('states.0-a-'))).toBe(true);
    const b = await Worker.join(broker, 'b', 2, { run: 'gone', timeout: 500 }, sizes);
    await expectEqual([a, b]);
    expect(b.rounds.round).toBe(1);
    await b.work(2);
    await b.leave();
    a.die();
  });
});
