// SPDX-License-Identifier: Apache-2.0

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Broker, lacking } from './broker.js';
import { expectEqual, expectSameRounds, Worker } from './worker.js';

const missing = lacking();

describe.skipIf(missing)(`rounds over NATS${missing ? `: SKIPPED, for want of ${missing}` : ''}`, () => {
  let broker: Broker;
  beforeEach(async () => {
    broker = await Broker.start();
  });
  afterEach(() => broker.stop());

  it('three workers agree bit for bit, and go where all of them pull', async () => {
    const workers = await Promise.all([
      Worker.join(broker, 'a', 1, { quorum: 3 }),
      Worker.join(broker, 'b', 2, { quorum: 3 }),
      Worker.join(broker, 'c', 3, { quorum: 3, precision: 'bfloat16' }),
    ]);
    await expectEqual(workers);
    await Promise.all(workers.map((worker) => worker.work(40)));
    await expectEqual(workers);
    expectSameRounds(workers);
    for (const { reports } of workers) {
      expect(reports.map(({ round }) => round)).toEqual(Array.from({ length: 40 }, (_, i) => i));
      expect(
        reports.every(({ workers: { length }, quorate, counts }) => length === 3 && quorate && counts),
      ).toBe(true);
      expect(reports.every(({ sent, received }) => sent > 0 && received > 0)).toBe(true);
    }
    for (const value of (await workers[0]!.weights()).flat()) expect(Math.abs(value - 2)).toBeLessThan(0.3);
    await Promise.all(workers.map((worker) => worker.leave()));
  });

  it('one is killed and comes back; nobody waits for it twice', async () => {
    const options = { quorum: 2, timeout: 1500 };
    const [a, b, c] = await Promise.all([
      Worker.join(broker, 'a', 1, options),
      Worker.join(broker, 'b', 2, options),
      Worker.join(broker, 'c', 3, options),
    ]);
    await Promise.all([a, b, c].map((worker) => worker.work(2)));
    c.die();
    await Promise.all([a, b].map((worker) => worker.work(3)));
    const back = await Worker.join(broker, 'c', 3, options);
    await expectEqual([a, b, back]);
    await Promise.all([a, b, back].map((worker) => worker.work(2)));
    await expectEqual([a, b, back]);
    expectSameRounds([a, b, back]);
    expect(a.reports.map(({ workers }) => [...workers].sort().join(''))).toEqual([
      'abc',
      'abc',
      'ab',
      'ab',
      'ab',
      'abc',
      'abc',
    ]);
    const waits = a.reports.slice(2, 5).map(({ milliseconds }) => milliseconds >= 1400);
    expect(waits).toEqual([true, false, false]);
    await Promise.all([a, b, back].map((worker) => worker.leave()));
  });

  it('a latecomer takes over the global state; one that was away catches up', async () => {
    const a = await Worker.join(broker, 'a', 1);
    await a.work(3);
    const b = await Worker.join(broker, 'b', 2);
    await expectEqual([a, b]);
    await Promise.all([a, b].map((worker) => worker.work(2)));
    await expectEqual([a, b]);

    b.stepLocally();
    await Promise.all([a.work(4), b.rounds.close()]);
    const report = await b.rounds.exchange();
    expect(report).toMatchObject({ round: 5, counts: false, workers: ['a'] });
    await expectEqual([a, b]);
    expect(a.reports.map(({ workers: { length } }) => length)).toEqual([1, 1, 1, 2, 2, 1, 1, 1, 1]);
    await Promise.all([a, b].map((worker) => worker.leave()));
  });

  it('a round is that of the moment of the call; what is gone is named, and nothing is half done', async () => {
    const [a, twin] = await Promise.all([
      Worker.join(broker, 'a', 1, { run: 'one' }),
      Worker.join(broker, 'a', 1, { run: 'other' }),
    ]);
    await twin.work(1);
    a.stepLocally();
    const pending = a.rounds.exchange();
    a.stepLocally();
    await pending;
    expect(await a.weights()).toEqual(await twin.weights());

    a.stepLocally();
    const reached = await a.weights();
    const last = a.rounds.exchange();
    a.outer.dispose();
    await expect(last).rejects.toThrow('SGDW: the optimizer was disposed');
    expect(await a.weights()).toEqual(reached);
    twin.variables['bias']!.dispose();
    await expect(twin.rounds.exchange()).rejects.toThrow('distributedRounds: variable "bias" was disposed');
    twin.die();
    a.die();
  });

  it('a round with fewer answers than its quorum waits, goes on, and says so', async () => {
    const a = await Worker.join(broker, 'a', 1, { quorum: 2, timeout: 400 });
    await a.work(1);
    expect(a.reports[0]).toMatchObject({ round: 0, workers: ['a'], quorate: false, counts: true });
    expect(a.reports[0]!.milliseconds).toBeGreaterThan(390);
    await a.leave();
  });

  it('a broker that goes away comes back: no worker is lost, no round counts twice', async () => {
    const workers = await Promise.all([
      Worker.join(broker, 'a', 1, { quorum: 2, timeout: 1000 }),
      Worker.join(broker, 'b', 2, { quorum: 2, timeout: 1000 }),
    ]);
    await Promise.all(workers.map((worker) => worker.work(2)));
    workers[0]!.stepLocally();
    const first = workers[0]!.rounds.exchange();
    await broker.goAway();
    workers[1]!.stepLocally();
    const second = workers[1]!.rounds.exchange();
    // Longer than a round waits for those who are missing.
    await new Promise((resolve) => void setTimeout(resolve, 1500));
    broker.comeBack();
    await Promise.all([first, second]);
    await Promise.all(workers.map((worker) => worker.work(2)));
    await expectEqual(workers);
    expectSameRounds(workers);
    for (const { reports } of workers)
      expect(reports.map(({ round, workers: { length } }) => [round, length])).toEqual(
        [0, 1, 2, 3, 4].map((round) => [round, 2]),
      );
    await Promise.all(workers.map((worker) => worker.leave()));
  });
});
