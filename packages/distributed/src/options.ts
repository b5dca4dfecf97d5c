// SPDX-License-Identifier: Apache-2.0
// Options of rounds, and their checks.

import { nuid, type NatsConnection } from '@nats-io/nats-core';
import { assertOptimizer } from '@optim/contract';
import {
  choice,
  custom,
  integer,
  isRecord,
  nullable,
  real,
  resolveOptions,
  show,
  type OptionTable,
} from '@optim/options';
import type * as tf from '@tensorflow/tfjs-core';
import { assertReplaceable, isStateful, type OnReplaced, type Stateful } from './parameters-replaced.js';
import { trainedOf, type Model, type Trained, type Variables } from './trained.js';
import type { Precision } from './wire.js';

/** What a round came to. */
export interface RoundReport {
  /** Its number, from 0. */
  readonly round: number;
  /** The workers whose answers count, in the order of the log. */
  readonly workers: readonly string[];
  /** Whether that of this worker is among them. */
  readonly counts: boolean;
  /** Whether at least `quorum` answered; if not, the round waited `timeout` and went on with those who had. */
  readonly quorate: boolean;
  /** Whether this worker's state was that of the others; if not, it has taken over theirs. */
  readonly agreed: boolean;
  /** Fingerprint of the state after it, the same for all workers. */
  readonly hash: string;
  /** Bytes of messages and objects, without what the protocol of the broker adds. */
  readonly sent: number;
  readonly received: number;
  /** From the end of the local steps to the new weights. */
  readonly milliseconds: number;
}

/** Options of {@link distributedRounds}. */
export interface DistributedRoundsOptions {
  /** A connection to NATS with JetStream: of `@nats-io/transport-node` in Node, of `wsconnect` of `@nats-io/nats-core` in pages. */
  connection: NatsConnection;
  /** Name of the run, letters, digits, - and _: workers of one name train together. */
  run: string;
  /** The inner optimizer, which makes the local steps. */
  optimizer: tf.Optimizer;
  /** The outer optimizer, an own one of `@optim`; see {@link outerStep} for what to take. */
  outer: tf.Optimizer;
  /** A model of tfjs-layers whose weights are trained; default none. */
  model?: Model | undefined;
  /** In place of a model: variables under the names that all workers have in common, or an array of those with such names; default none. */
  variables?: Variables | undefined;
  /** Local steps a round; an integer in [1, ∞). */
  localSteps: number;
  /** How many answers a round waits for; an integer in [1, ∞), default 1. */
  quorum?: number;
  /** How long it waits for those who are missing, in milliseconds in which the broker answers; in (0, ∞), default 60000. */
  timeout?: number;
  /** How pseudo-gradients travel, 'float32' or 'bfloat16'; default 'float32'. */
  precision?: Precision;
  /** What the inner optimizer does with its state in a new round, 'keep' or 'reset', see {@link onParametersReplaced}; default 'keep'. */
  onReplaced?: OnReplaced;
  /** Name of this worker; whoever comes back under the same name is the same worker; default one that is drawn. */
  worker?: string | null;
  /** Called with what every round came to; default none. */
  onRound?: ((report: RoundReport) => void) | null;
}

const name = /* #__PURE__ */ custom(
  'up to 64 letters, digits, - and _',
  (value) => typeof value === 'string' && /^[\w-]{1,64}$/.test(value),
);

const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null;

const isConnection = (value: unknown): boolean =>
  typeof (value as Partial<NatsConnection> | null)?.subscribe === 'function';

const table: OptionTable<Omit<DistributedRoundsOptions, 'model' | 'variables'>> = {
  connection: /* #__PURE__ */ custom('a connection to NATS', isConnection),
  run: name,
  optimizer: /* #__PURE__ */ custom('an optimizer', isObject),
  outer: /* #__PURE__ */ custom('an optimizer', isObject),
  localSteps: /* #__PURE__ */ integer('[1, ∞)'),
  quorum: /* #__PURE__ */ integer('[1, ∞)', 1),
  timeout: /* #__PURE__ */ real('(0, ∞)', 60_000),
  precision: /* #__PURE__ */ choice(['float32', 'bfloat16']),
  onReplaced: /* #__PURE__ */ choice(['keep', 'reset']),
  worker: /* #__PURE__ */ nullable(name),
  onRound: /* #__PURE__ */ nullable(
    /* #__PURE__ */ custom('a function', (value) => typeof value === 'function'),
  ),
};

/** Options in force, with what is trained. */
export interface Settings extends Required<Omit<DistributedRoundsOptions, 'model' | 'variables'>> {
  readonly outer: Stateful;
  readonly worker: string;
  readonly trained: Trained;
}

/** @throws TypeError or RangeError naming the option, the constraint and what was given */
export function settingsOf(given: DistributedRoundsOptions): Settings {
  if (!isRecord(given))
    throw new TypeError(`distributedRounds: options must be an object, got ${show(given)}`);
  const { model, variables, ...options } = given;
  const settings = resolveOptions<Omit<DistributedRoundsOptions, 'model' | 'variables'>>(
    'distributedRounds',
    table,
    options,
  );
  const { outer, optimizer, onReplaced, worker } = settings;
  assertOptimizer('distributedRounds', optimizer);
  assertOptimizer('distributedRounds', outer, 'outer');
  if (!isStateful(outer) || outer === optimizer)
    throw new TypeError(
      `distributedRounds: outer must be an optimizer of @optim of its own, got ${outer === optimizer ? 'the inner one' : show(outer)}`,
    );
  assertReplaceable(optimizer, onReplaced);
  return { ...settings, outer, worker: worker ?? nuid.next(), trained: trainedOf(model, variables) };
}
