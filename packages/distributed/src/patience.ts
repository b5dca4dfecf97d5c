// SPDX-License-Identifier: Apache-2.0
// Requests to a broker that may be away, one after the other or several at once.

import type { NatsConnection } from '@nats-io/nats-core';

/** Errors of a broker that does not answer now; by name, since the connection may come from another copy of the client. */
const passing = [
  'TimeoutError',
  'NoRespondersError',
  'RequestError',
  'ConnectionError',
  'JetStreamStatusError',
];

const pause = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => void setTimeout(resolve, milliseconds));

/** How many requests are on their way at once: few enough for slow lines, where each must be answered within 5 seconds. */
const most = 4;

/**
 * Does something at the broker, again and again while it is away.
 * @throws what it throws, where the broker has answered or the connection is closed
 */
export async function persist<T>(connection: NatsConnection, work: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (connection.isClosed() || !passing.includes((error as Error).name)) throw error;
      await pause(100);
    }
  }
}

/** What `work` makes of the numbers from `from` to `to` - 1, a few at a time; all of them unless one comes to `null`. */
export async function abreast<T>(
  from: number,
  to: number,
  work: (i: number) => Promise<T | null>,
): Promise<T[] | null> {
  const all: T[] = [];
  for (let at = from; at < to; at += most) {
    const count = Math.min(most, to - at);
    const some = await Promise.all(Array.from({ length: count }, (_, i) => work(at + i)));
    for (const one of some) {
      if (one === null) return null;
      all.push(one);
    }
  }
  return all;
}
