// SPDX-License-Identifier: Apache-2.0
// All attacks on all classes.

import type { Trials } from '@optim/testing';
import * as tf from '@tensorflow/tfjs-core';
import { attackAliases } from './attacks/aliases.js';
import { attackBytes, attackFiles } from './attacks/bytes.js';
import { attackCallbacks } from './attacks/callbacks.js';
import { attackConfigs } from './attacks/configs.js';
import { attackDistributed } from './attacks/distributed.js';
import { attackExchange } from './attacks/exchange.js';
import { attackFaults } from './attacks/faults.js';
import { attackFunctions } from './attacks/functions.js';
import { attackSavers } from './attacks/killed.js';
import { attackJson } from './attacks/json.js';
import { attackMathematics } from './attacks/mathematics.js';
import { attackMoments } from './attacks/moments.js';
import { attackOptions } from './attacks/options.js';
import { attackSettings } from './attacks/settings.js';
import { attackStates } from './attacks/states.js';
import { attackSteps } from './attacks/steps.js';
import { attackWeights } from './attacks/weights.js';
import { Judge } from './judge.js';
import { Random } from './random.js';
import { nestsOf, subjectsOf, type Subject } from './subjects.js';

/** How to attack. */
export interface Campaign {
  readonly trials: Trials;
  readonly seed: number;
  /** Tries of each attack on each class. */
  readonly tries: number;
  /** Called before each class. */
  readonly onSubject?: (name: string) => void;
}

/** An attack on one class; makes at most about `tries` of them. */
export type Attack = (subject: Subject, judge: Judge, random: Random, tries: number) => Promise<void>;

const attacks: readonly Attack[] = [
  attackOptions,
  attackSteps,
  attackAliases,
  attackFaults,
  attackMoments,
  attackSettings,
  attackStates,
  attackWeights,
  attackConfigs,
  attackBytes,
];

/** Attacks everything; what comes of it is the judge's. */
export async function campaign({ trials, seed, tries, onSubject }: Campaign): Promise<Judge> {
  const judge = new Judge();
  const random = new Random(seed);
  onSubject?.('functions and files');
  await attackFunctions(judge, random, 10 * tries);
  await attackCallbacks(judge, random, 20 * tries);
  await attackExchange(judge, random, 10 * tries);
  await attackDistributed(judge, random, 3 * tries);
  await attackMathematics(judge, random, 10 * tries);
  await attackJson(judge, random, 5 * tries);
  await attackFiles(judge, random, tries);
  await attackSavers(judge, random, Math.floor(tries / 20));
  const subjects = subjectsOf(trials);
  // Of the nests as many as are tried of each class, each a quarter as hard.
  const nests = random.some(nestsOf(subjects), tries);
  for (const [subject, hard] of [
    ...subjects.map((each) => [each, tries] as const),
    ...nests.map((each) => [each, Math.ceil(tries / 4)] as const),
  ]) {
    onSubject?.(subject.name);
    for (const attack of attacks) {
      const call = (): Promise<void> => attack(subject, judge, random, hard);
      // What breaks off in the midst is no refusal.
      await call().catch((error: unknown) => {
        judge.broken(subject.name, error);
        tf.disposeVariables();
      });
    }
  }
  return judge;
}
