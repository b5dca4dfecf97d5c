// SPDX-License-Identifier: Apache-2.0

import { AdamW } from '@optim/adamw';
import { Lion } from '@optim/lion';
import { Split } from '@optim/split';
import type { Trials } from '@optim/testing';

export const trials: Trials = {
  Split: () =>
    new Split(new AdamW({ learningRate: 1e-3 }), {
      groups: [{ match: /kernel/, optimizer: new Lion({ learningRate: 3e-4 }) }],
    }),
};
