// SPDX-License-Identifier: Apache-2.0
// Walks whatever is set, and walks again when it changes; the last change wins.

import { loaders } from 'virtual:loaders';
import { classes } from 'virtual:classes';
import rates from '../../data/rates.json' with { type: 'json' };
import type { Controls } from '../../../../tools/site/catalogue.js';
import { useBackend } from '../backend.js';
import { nextFrame } from '../dom.js';
import type { Contestant, Setting } from './setting.js';
import { make, walk, type Walk } from './walk.js';

export const controlsByName: ReadonlyMap<string, Controls> = new Map(
  classes.map((entry) => [entry.name, entry]),
);

const found: Readonly<Record<string, number>> = rates;

/** The class with the rate that was found for it, where none is given. */
export function withRate(contestant: Contestant): Contestant {
  const rate = found[contestant.name];
  if (rate === undefined || 'learningRate' in contestant.options) return contestant;
  return { ...contestant, options: { learningRate: rate, ...contestant.options } };
}

// Two numbers are no work for any other.
await useBackend('cpu');

let latest = 0;
let ended: Promise<unknown> = Promise.resolve();

/** The ways; `undefined` when something else was asked for meanwhile. */
export function walkAll({ problem, start, steps, contestants }: Setting): Promise<Walk[] | undefined> {
  const id = ++latest;
  const isLatest = (): boolean => id === latest;
  const go = async (): Promise<Walk[] | undefined> => {
    const walks: Walk[] = [];
    for (const contestant of contestants) {
      if (!isLatest()) return undefined;
      const optimizer = await make(
        withRate(contestant),
        controlsByName.get(contestant.name)!,
        steps,
        loaders,
      );
      const breathe = async (): Promise<boolean> => {
        await nextFrame();
        return isLatest();
      };
      walks.push(await walk(optimizer, problem, start, steps, breathe));
    }
    return isLatest() ? walks : undefined;
  };
  const result = ended.then(go);
  ended = result.catch(() => undefined);
  return result;
}
