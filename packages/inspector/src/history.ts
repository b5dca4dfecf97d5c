// SPDX-License-Identifier: Apache-2.0
// What is kept of a training for the panel; knows nothing of pages.

import type { AllNorms, Monitored, Norms } from '@optim/hooks';

/** One reading. */
export interface Reading {
  readonly step: number;
  readonly norms: AllNorms;
}

/** The first number that was not finite. */
export interface Fault {
  readonly step: number;
  readonly variable: string;
  readonly norm: Monitored;
  readonly value: number;
}

const kinds: readonly Monitored[] = ['gradient', 'update', 'parameter'];

/** The first fault of a reading: gradients come before what is made of them, variables in the order of the optimizer. */
export function faultOf({ step, norms: { variables } }: Reading): Fault | null {
  for (const norm of kinds) {
    for (const [variable, { [norm]: value }] of Object.entries(variables)) {
      if (value !== undefined && !Number.isFinite(value)) return { step, variable, norm, value };
    }
  }
  return null;
}

/** The last readings, and the first fault of all. */
export class History {
  readonly readings: Reading[] = [];
  fault: Fault | null = null;

  /** @param length - how many readings are kept */
  constructor(private readonly length: number) {}

  add(reading: Reading): void {
    this.readings.push(reading);
    if (this.readings.length > this.length) this.readings.shift();
    this.fault ??= faultOf(reading);
  }

  /** Names of the variables, in the order of the optimizer. */
  get variables(): string[] {
    return Object.keys(this.readings.at(-1)?.norms.variables ?? {});
  }

  /** The norms of a variable by reading; of all variables together for `null`. */
  of(variable: string | null): (Norms | undefined)[] {
    return this.readings.map(({ norms }) => (variable === null ? norms : norms.variables[variable]));
  }
}
