// SPDX-License-Identifier: Apache-2.0
// The broker's side of a run: a stream of messages in one order, and a key-value bucket of records, and of pieces of what is larger
// than a message. Everything waits for a broker that is away, and goes on when it is back.

import {
  jetstream,
  jetstreamManager,
  type DirectMsgRequest,
  type JetStreamClient,
  type JetStreamManager,
  type MsgRequest,
  type PurgeOpts,
} from '@nats-io/jetstream';
import { Kvm, type KV } from '@nats-io/kv';
import type { NatsConnection, Subscription } from '@nats-io/nats-core';
import { abreast, persist } from './patience.js';

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

/** The broker's answer to a compare-and-set that comes too late. */
const wrongLastSequence = 10_071;

/** What has pieces: answers, until their round is past; global states, until there is a newer one. */
export type Kind = 'answers' | 'states';

/** Bytes of a piece, where messages may be as large; one that is neither the last nor longer than the least is of nobody here. */
const pieceBytes = 2 ** 17;
const leastPieceBytes = 1024;

/** What a run keeps at the broker. Its stream and its bucket go by the name `optim-RUN`. */
export class RunLog {
  /** Bytes of messages, records and pieces so far. */
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
      return new RunLog(connection, name, client, manager, bucket);
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
    return this.#message(this.name, { next_by_subj: `${this.name}.${round}`, seq: from });
  }

  /** The message at a place; `null` where it is gone. */
  at(seq: number): Promise<Logged | null> {
    return this.#surely(this.name, { seq });
  }

  async #message(stream: string, query: DirectMsgRequest): Promise<Logged | null> {
    const found = await this.#persist(() => this.manager.direct.getMessage(stream, query));
    this.received += found?.data.length ?? 0;
    return found && { seq: found.seq, data: found.data };
  }

  /** Where a copy of the stream has answered that lags behind, the stream itself knows better. */
  async #surely(stream: string, query: MsgRequest): Promise<Logged | null> {
    return (
      (await this.#message(stream, query)) ??
      this.#persist(() => this.manager.streams.getMessage(stream, query))
    );
  }

  /** Forgets all messages before a place, and the pieces of answers that are older than an entry of the bucket. */
  async forget(seq: number, before: Kept | null): Promise<void> {
    await this.#persist(() => this.manager.streams.purge(this.name, { seq }));
    if (before) await this.#purge({ filter: this.#subject('answers.>'), seq: before.revision });
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

  /** Puts what is larger than a message, in pieces. Nobody else puts anything under that name. */
  async put(kind: Kind, name: string, data: Uint8Array): Promise<void> {
    this.sent += data.length;
    // Room for what the protocol adds.
    const size = Math.min(pieceBytes, this.limit - 1024);
    await abreast(0, Math.ceil(data.length / size), (i) =>
      this.#persist(() => this.bucket.put(`${kind}.${name}.${i}`, data.subarray(i * size, (i + 1) * size))),
    );
  }

  /** What was put under a name in as many bytes; `null` where it is gone, or something else. */
  async whole(kind: Kind, name: string, size: number): Promise<Uint8Array | null> {
    const piece = async (i: number): Promise<Uint8Array | null> => {
      const found = await this.#surely(this.#pieces, { last_by_subj: this.#subject(`${kind}.${name}.${i}`) });
      return found && found.data;
    };
    const first = await piece(0);
    if (!first || first.length > size || first.length < Math.min(size, leastPieceBytes)) return null;
    const rest = await abreast(1, Math.ceil(size / first.length), async (i) => {
      const found = await piece(i);
      const length = Math.min(first.length, size - i * first.length);
      return found?.length === length ? found : null;
    });
    if (!rest) return null;
    const bytes = new Uint8Array(size);
    [first, ...rest].forEach((found, i) => bytes.set(found, i * first.length));
    return bytes;
  }

  /** Deletes what nobody needs, in all its pieces. */
  async delete(kind: Kind, name: string): Promise<void> {
    await this.#purge({ filter: this.#subject(`${kind}.${name}.>`) });
  }

  /** The stream that the bucket is made of. */
  get #pieces(): string {
    return `KV_${this.name}`;
  }

  #subject(key: string): string {
    return `$KV.${this.name}.${key}`;
  }

  /** Removes entries without a trace, where `delete` of the bucket would leave one. */
  async #purge(options: PurgeOpts): Promise<void> {
    await this.#persist(() => this.manager.streams.purge(this.#pieces, options));
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
