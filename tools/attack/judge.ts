// SPDX-License-Identifier: Apache-2.0
// What becomes of a try.

import { isDeepStrictEqual } from 'node:util';
import * as tf from '@tensorflow/tfjs-core';
import { mine } from './hostile.js';

/**
 * - clear: refused by an error that names who refuses and is short; nothing has changed
 * - taken: taken, and what is trained afterwards is finite
 * - unclear: refused by any other error
 * - wrong: something has changed though it was refused, or what was taken trains wrongly
 */
export type Verdict = 'clear' | 'taken' | 'unclear' | 'wrong';

/** A try that is unclear or wrong. */
export interface Fault {
  readonly attack: string;
  readonly what: string;
  readonly verdict: Verdict;
  readonly why: string;
}

/** How many tries of an attack ended in which way. */
export interface Tally {
  readonly attack: string;
  readonly counts: Record<Verdict, number>;
}

/** One try. */
export interface Try {
  readonly attack: string;
  /** What is tried, in words. */
  readonly what: string;
  /** Names of which an error must have one. */
  readonly names: readonly string[];
  readonly call: () => unknown;
  /** What a refusal may not change. */
  readonly seen?: () => unknown;
  /** Given what the call gave: throws where it is wrong. Refusals at this time are those of the call. */
  readonly taken?: (result: unknown) => unknown;
}

const mostLetters = 2000;
/** No single try may take longer. */
const mostMilliseconds = 3000;

/** What engines say of what nobody checked. */
const internal =
  /is not a function|is not iterable|is not a constructor|Cannot (read|set|destructure|convert|assign|access|mix|delete)|Maximum call stack|Invalid array length|reading '|'in' operator|Reduce of empty|Invalid (time|typed|string|count)|private (field|member)|before initialization|circular structure|Invalid regular|Invalid flags|^\S+ is not defined$|out of bounds/;

/** Says that what was taken is wrong, in contrast to a refusal that comes late. */
export class Wrong extends Error {}

function unclear(error: unknown, names: readonly string[]): string | undefined {
  if (!(error instanceof Error)) return `throws ${typeof error}`;
  const { message, constructor } = error;
  if (message === mine || message.endsWith('on a proxy that has been revoked')) return undefined;
  const known: readonly unknown[] = [Error, TypeError, RangeError];
  if (!known.includes(constructor) && !('code' in error))
    return `a ${constructor.name}: ${message.slice(0, 200)}`;
  if (message.length > mostLetters) return `${message.length} letters: ${message.slice(0, 100)}`;
  if (internal.test(message)) return `from inside: ${message.slice(0, 300)}`;
  return names.some((name) => message.includes(name)) ? undefined : `names nobody: ${message.slice(0, 300)}`;
}

/** Carries out tries and counts them. */
export class Judge {
  readonly faults: Fault[] = [];
  private readonly tallies = new Map<string, Tally>();

  /** The tallies, in the order in which attacks began. */
  get table(): readonly Tally[] {
    return [...this.tallies.values()];
  }

  /** Counts an attack that could not go on: what it had loaded, made or trained no longer could be. */
  broken(what: string, error: unknown): void {
    this.count({
      attack: 'broken off',
      what,
      verdict: 'wrong',
      why: String((error as Error).stack).slice(0, 1000),
    });
  }

  private count(fault: Fault): void {
    const { attack, verdict } = fault;
    const tally = this.tallies.get(attack) ?? {
      attack,
      counts: { clear: 0, taken: 0, unclear: 0, wrong: 0 },
    };
    tally.counts[verdict]++;
    this.tallies.set(attack, tally);
    if (verdict === 'unclear' || verdict === 'wrong') this.faults.push(fault);
  }

  async judge(each: Try): Promise<Verdict> {
    const [verdict, why] = await outcome(each);
    this.count({ attack: each.attack, what: each.what, verdict, why });
    return verdict;
  }
}

async function outcome({ names, call, seen, taken }: Try): Promise<[Verdict, string]> {
  const before = await seen?.();
  const { numTensors } = tf.memory();
  const start = performance.now();
  const inScope = tf.engine().state.scopeStack.length;
  let result: unknown;
  try {
    result = await call();
    await taken?.(result);
  } catch (error) {
    if (error instanceof Wrong) return ['wrong', error.message];
    const said = (error as Error).message;
    const after = await Promise.resolve(seen?.()).catch((late: unknown) => late);
    if (!isDeepStrictEqual(before, after))
      return ['wrong', `refused, and not as it was: ${String(said).slice(0, 300)}`];
    if (tf.memory().numTensors !== numTensors)
      return [
        'wrong',
        `refused, and ${tf.memory().numTensors - numTensors} tensors stay: ${String(said).slice(0, 300)}`,
      ];
    if (tf.engine().state.scopeStack.length !== inScope) return ['wrong', 'scopes are open'];
    const why = unclear(error, names);
    if (why !== undefined) return ['unclear', why];
    return slow(start) ?? ['clear', ''];
  }
  return slow(start) ?? ['taken', ''];
}

function slow(start: number): [Verdict, string] | undefined {
  const time = performance.now() - start;
  return time > mostMilliseconds ? ['wrong', `takes ${Math.round(time)} ms`] : undefined;
}
