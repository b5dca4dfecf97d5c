// SPDX-License-Identifier: Apache-2.0

import { parseArgs } from 'node:util';
import { contestants } from './contestants.js';

const backends = ['wasm', 'cpu'] as const;

export interface Options {
  readonly optimizers: readonly string[];
  readonly epochs: number;
  readonly batchSize: number;
  readonly backend: (typeof backends)[number];
  /** Where the plot goes. */
  readonly out: string;
  /** Processes that train together in rounds; 0: optimizers are compared, in this process alone. */
  readonly workers: number;
  readonly help: boolean;
}

const names = Object.keys(contestants);

export const help: string = `npm run demo -- [options]: trains a small network on MNIST with several optimizers

  --optimizers a,b    some of ${names.join(', ')} (default: all)
  --epochs n          passes over the training digits (default: 6)
  --batch-size n      digits a step (default: 64)
  --backend name      ${backends.join(' or ')} (default: wasm)
  --out file          where the plot of the loss curves goes (default: demo-loss.svg)
  --workers n         in place of that: trains once in n processes by DiLoCo over a NATS server (needs nats-server), kills one
                      of them in the middle and lets it come back, and compares with one process
  --help              this text
`;

/**
 * The options of a command line.
 * @throws RangeError or TypeError saying what is wrong with it
 */
export function parseOptions(args: string[]): Options {
  const { values } = parseArgs({
    args,
    options: {
      optimizers: { type: 'string', default: names.join(',') },
      epochs: { type: 'string', default: '6' },
      'batch-size': { type: 'string', default: '64' },
      backend: { type: 'string', default: 'wasm' },
      out: { type: 'string', default: 'demo-loss.svg' },
      workers: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  return {
    optimizers: [
      ...new Set(values.optimizers.split(',').map((name) => oneOf('optimizers', name.trim(), names))),
    ],
    epochs: positiveInteger('epochs', values.epochs),
    batchSize: positiveInteger('batch-size', values['batch-size']),
    backend: oneOf('backend', values.backend, backends),
    out: values.out,
    workers: values.workers === undefined ? 0 : positiveInteger('workers', values.workers),
    help: values.help,
  };
}

function oneOf<T extends string>(option: string, given: string, known: readonly T[]): T {
  const found = known.find((name) => name.toLowerCase() === given.toLowerCase());
  if (found === undefined) {
    throw new RangeError(`--${option}: expected ${known.join(', ')}; got ${JSON.stringify(given)}`);
  }
  return found;
}

function positiveInteger(option: string, given: string): number {
  if (!/^[1-9]\d{0,5}$/.test(given)) {
    throw new RangeError(`--${option}: expected an integer from 1 to 999999, got ${JSON.stringify(given)}`);
  }
  return Number(given);
}
