// SPDX-License-Identifier: Apache-2.0
// The messages of a round and its record: their form, and what is refused. Whether a message fits follows from its bytes
// alone, so that every worker judges it alike.

import { isRecord } from '@optim/options';
import type { Trained } from './trained.js';
import { bytesIn, parsed, unframed, type Precision } from './wire.js';

/** The header of a message. */
export type Header = Greeting | Answer;

/** A worker begins, or leaves. */
export interface Greeting {
  readonly kind: 'hello' | 'bye';
  readonly run: string;
  readonly round: number;
  readonly worker: string;
}

/** The pseudo-gradient of a worker. Its numbers follow the header, or lie in pieces in the bucket. */
export interface Answer {
  readonly kind: 'answer';
  readonly run: string;
  readonly round: number;
  readonly worker: string;
  /** Fingerprint of the state that the worker started from. */
  readonly start: string;
  readonly precision: Precision;
  readonly names: readonly string[];
  readonly shapes: readonly (readonly number[])[];
  /** Name and fingerprint of the numbers in pieces, where they are too many for a message. */
  readonly pieces?: { readonly name: string; readonly hash: string };
}

/** What counts in a round, decided once. */
export interface RoundRecord {
  readonly run: string;
  readonly round: number;
  /** Fingerprint of the state that the round started from. */
  readonly start: string;
  /** Answers by their place in the log, in its order. */
  readonly counted: readonly { readonly seq: number; readonly worker: string }[];
}

/** The key of the record of a round in the bucket. */
export function recordKey(round: number): string {
  return `round.${round}`;
}

/** The workers whose answers count. */
export function workersOf({ counted }: RoundRecord): string[] {
  return counted.map(({ worker }) => worker);
}

/** Where the global state lies. */
export interface StateNote {
  readonly run: string;
  /** The round that starts from it. */
  readonly round: number;
  readonly hash: string;
  /** Name of its pieces, and how many bytes they have in all. */
  readonly pieces: string;
  readonly size: number;
}

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);
const isName = (value: unknown): value is string => typeof value === 'string' && /^[\w-]{1,128}$/.test(value);
const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

/** A message of this run, this round and these variables, with its numbers as bytes; `null` for any other. */
export function messageOf(
  bytes: Uint8Array,
  run: string,
  round: number,
  { names, shapes, sizes }: Trained,
): { header: Header; data: Uint8Array } | null {
  const message = unframed(bytes);
  const header = message?.header;
  if (!isRecord(header) || header['run'] !== run || header['round'] !== round || !isName(header['worker']))
    return null;
  const { kind, pieces, precision } = header;
  if (kind === 'hello' || kind === 'bye') return { header: header as never, data: message!.data };
  const fits =
    kind === 'answer' &&
    isName(header['start']) &&
    (precision === 'float32' || precision === 'bfloat16') &&
    same(header['names'], names) &&
    same(header['shapes'], shapes) &&
    (pieces === undefined
      ? message!.data.length === bytesIn(sizes, precision)
      : isRecord(pieces) && isName(pieces['name']) && isName(pieces['hash']));
  return fits ? { header: header as never, data: message!.data } : null;
}

/** A record in the right form; `null` for anything else. */
export function recordOf(bytes: Uint8Array, run: string, round: number): RoundRecord | null {
  const record = parsed(bytes);
  if (!isRecord(record) || record['run'] !== run || record['round'] !== round || !isName(record['start']))
    return null;
  const counted = record['counted'];
  const fits =
    Array.isArray(counted) &&
    counted.length > 0 &&
    counted.every((each) => isRecord(each) && isCount(each['seq']) && isName(each['worker'])) &&
    counted.every(({ seq }, i) => i === 0 || seq > counted[i - 1].seq) &&
    new Set(counted.map(({ worker }) => worker)).size === counted.length;
  return fits ? (record as never) : null;
}

/** A note in the right form; `null` for anything else. */
export function noteOf(bytes: Uint8Array, run: string): StateNote | null {
  const note = parsed(bytes);
  const fits =
    isRecord(note) &&
    note['run'] === run &&
    isCount(note['round']) &&
    isName(note['hash']) &&
    isName(note['pieces']) &&
    isCount(note['size']);
  return fits ? (note as never) : null;
}
