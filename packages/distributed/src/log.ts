// SPDX-License-Identifier: Apache-2.0
// The broker's side of a run: a stream of messages in one order, a key-value bucket of records, an object store for what is larger
// than a message. Everything waits for a broker that is away, and goes on when it is back.

import {
  jetstream,
  jetstreamManager,
  type DirectMsgRequest,
  type JetStreamClient,
  type JetStreamManager,
} from '@nats-io/jetstream';
import { Kvm, type KV } from '@nats-io/kv';
import type { NatsConnection, Subscription } from '@nats-io/nats-core';
import { Objm, type ObjectStore } from '@nats-io/obj';

/** A message of the log, by its place. */
export interface Logged {
  readonly seq: number;
  readonly data: Uint8Array;
}

/** An entry of the bucket, with what compare-and-set compares. */
export interface Kept {
  readonly value: Uint8Array;
  readonly revision: number;
}

/** Errors of a broker that does not answer now; by name, since the connection may come from another copy of the client. */
const passing = [
  'TimeoutError',
  'NoRespondersError',
  'RequestError',
  'ConnectionError',
  'JetStreamStatusError',
];

/** The broker's answer to a compare-and-set that comes too late. */
const wrongLastSequence = 10_071;

/** How long one attempt at an object may take: its reading has no timeout of its own. */
const objectTimeout = 60_000;

const pause = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => void setTimeout(resolve, milliseconds));

/** Rejects after a time, so that what hangs is tried again. */
async function within<T>(milliseconds: number, work: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    const error = Object.assign(new Error('the object store does not answer'), { name: 'TimeoutError' });
    timer = setTimeout(() => reject(error), milliseconds);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** What a run keeps at the broker. Its stream, bucket and object store go by the name `optim-RUN`. */
export class RunLog {
  /** Bytes of messages, records and objects so far. */
  sent = 0;
  received = 0;
  #notices: Subscription | undefined;
  #wake: (() => void) | undefined;
  #news = false;

  private constructor(
    private readonly connection: NatsConnection,
    readonly name: string,
    private readonly client: JetStreamClient,
    private readonly manager: JetStreamManager,
    private readonly bucket: KV,
    private readonly objects: ObjectStore,
  ) {
    this.#notices = connection.subscribe(`${name}-notice`, {
      callback: () => {
        this.#news = true;
        this.#wake?.();
      },
    });
  }

  /** Opens what a run keeps at the broker, and makes it where it is missing. */
  static async open(connection: NatsConnection, run: string): Promise<RunLog> {
    const name = `optim-${run}`;
    return persist(connection, async () => {
      const manager = await jetstreamManager(connection);
      await manager.streams.add({ name, subjects: [`${name}.*`], allow_direct: true });
      const client = jetstream(connection);
      const bucket = await new Kvm(client).create(name);
      const objects = await new Objm(client).create(name);
      return new RunLog(connection, name, client, manager, bucket, objects);
    });
  }

  /** The most bytes of a message. */
  get limit(): number {
    return this.connection.info?.max_payload ?? 2 ** 20;
  }

  /** Adds a message to a round; one of an identity that the log has already is not added again. */
  async publish(round: number, identity: string, data: Uint8Array): Promise<void> {
    await this.#persist(() => this.client.publish(`${this.name}.${round}`, data, { msgID: identity }));
    this.sent += data.length;
    this.#notify();
  }

  /** The next message of a round from a place on; `null` where there is none yet. */
  next(round: number, from: number): Promise<Logged | null> {
    return this.#message({ next_by_subj: `${this.name}.${round}`, seq: from });
  }

  /** The message at a place; `null` where it is gone. */
  async at(seq: number): Promise<Logged | null> {
    // Where a copy of the stream has answered that lags behind, the stream itself knows better.
    return (
      (await this.#message({ seq })) ??
      this.#persist(() => this.manager.streams.getMessage(this.name, { seq }))
    );
  }

  async #message(query: DirectMsgRequest): Promise<Logged | null> {
    const found = await this.#persist(() => this.manager.direct.getMessage(this.name, query));
    this.received += found?.data.length ?? 0;
    return found && { seq: found.seq, data: found.data };
  }

  /** Forgets all messages before a place. */
  async forget(seq: number): Promise<void> {
    await this.#persist(() => this.manager.streams.purge(this.name, { seq }));
  }

  /** An entry of the bucket. */
  async get(key: string): Promise<Kept | null> {
    const entry = await this.#persist(() => this.bucket.get(key));
    this.received += entry?.value.length ?? 0;
    return entry && entry.operation === 'PUT' ? { value: entry.value, revision: entry.revision } : null;
  }

  /** Compare-and-set: writes an entry unless it has changed since it was read. Whether it was written. */
  async set(key: string, value: Uint8Array, before: Kept | null): Promise<boolean> {
    try {
      await this.#persist(() =>
        before ? this.bucket.update(key, value, before.revision) : this.bucket.create(key, value),
      );
    } catch (error) {
      if ((error as { code?: unknown }).code === wrongLastSequence) return false;
      throw error;
    }
    this.sent += value.length;
    this.#notify();
    return true;
  }

  /** Puts an object, in pieces that fit messages. */
  async putObject(name: string, data: Uint8Array): Promise<void> {
    const options = { max_chunk_size: Math.min(this.limit, 2 ** 20) - 1024 };
    await this.#persist(() => within(objectTimeout, this.objects.putBlob({ name, options }, data)));
    this.sent += data.length;
  }

  /** An object; `null` where it is gone. */
  async object(name: string): Promise<Uint8Array | null> {
    const data = await this.#persist(() => within(objectTimeout, this.objects.getBlob(name)));
    this.received += data?.length ?? 0;
    return data;
  }

  /** Deletes an object that nobody needs; one that is gone already is none. */
  async deleteObject(name: string): Promise<void> {
    await this.#persist(async () => {
      if (await this.objects.info(name)) await this.objects.delete(name);
    });
  }

  /** Waits until somebody has written something since the last call, at most so long. */
  async changed(milliseconds: number): Promise<void> {
    if (!this.#news) {
      let timer: ReturnType<typeof setTimeout> | undefined;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
        timer = setTimeout(resolve, milliseconds);
      });
      clearTimeout(timer);
    }
    this.#news = false;
  }

  close(): void {
    this.#notices?.unsubscribe();
    this.#notices = undefined;
  }

  /** Says that there is something new. One that is lost costs others a little time. */
  #notify(): void {
    try {
      this.connection.publish(`${this.name}-notice`);
    } catch {
      // The next request tells.
    }
  }

  #persist<T>(work: () => Promise<T>): Promise<T> {
    return persist(this.connection, work);
  }
}

/**
 * Does something at the broker, again and again while it is away.
 * @throws what it throws, where the broker has answered or the connection is closed
 */
async function persist<T>(connection: NatsConnection, work: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (connection.isClosed() || !passing.includes((error as Error).name)) throw error;
      await pause(100);
    }
  }
}
