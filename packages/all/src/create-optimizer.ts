// SPDX-License-Identifier: Apache-2.0

import { AdaBelief } from '@optim/adabelief';
import { AdaFactor } from '@optim/adafactor';
import { Adai } from '@optim/adai';
import { AdamP } from '@optim/adamp';
import { AdamD, AdamW, AMSGrad } from '@optim/adamw';
import { AliG } from '@optim/alig';
import { ASAM } from '@optim/asam';
import { DAdaptAdam } from '@optim/dadaptation';
import { Lamb } from '@optim/lamb';
import { Lookahead } from '@optim/lookahead';
import { SAM } from '@optim/sam';

interface Optimizers {
  AdaBelief: typeof AdaBelief;
  AdaFactor: typeof AdaFactor;
  Adai: typeof Adai;
  AdamD: typeof AdamD;
  AdamP: typeof AdamP;
  AdamW: typeof AdamW;
  AliG: typeof AliG;
  AMSGrad: typeof AMSGrad;
  ASAM: typeof ASAM;
  DAdaptAdam: typeof DAdaptAdam;
  Lamb: typeof Lamb;
  Lookahead: typeof Lookahead;
  SAM: typeof SAM;
}

/** Every optimizer class by its name. */
export const optimizers: Optimizers = {
  AdaBelief,
  AdaFactor,
  Adai,
  AdamD,
  AdamP,
  AdamW,
  AliG,
  AMSGrad,
  ASAM,
  DAdaptAdam,
  Lamb,
  Lookahead,
  SAM,
};

/** The name of an optimizer class. */
export type OptimizerName = keyof Optimizers;

/**
 * A new optimizer by name, e.g. from a configuration file.
 *
 * @param name - class name, as `AdamW`
 * @param parameters - what its constructor takes: options, for a wrapper base and options
 * @throws RangeError for an unknown name; what the constructor throws
 */
export function createOptimizer<N extends OptimizerName>(
  name: N,
  ...parameters: ConstructorParameters<Optimizers[N]>
): InstanceType<Optimizers[N]> {
  if (!Object.hasOwn(optimizers, name)) {
    const known = Object.keys(optimizers).join(', ');
    throw new RangeError(`@optim/all: name must be one of ${known}, got ${JSON.stringify(name)}`);
  }
  const Class = optimizers[name] as unknown as new (...given: unknown[]) => InstanceType<Optimizers[N]>;
  return new Class(...parameters);
}
