// SPDX-License-Identifier: Apache-2.0

import { AdamW } from '@optim/adamw';
import { ASAM } from '@optim/asam';
import { Lookahead } from '@optim/lookahead';
import { SAM } from '@optim/sam';
import type { Zoo } from './zoo.js';

/** Each around AdamW. */
export const wrappers: Zoo = {
  ASAM: () => new ASAM(new AdamW({ learningRate: 1e-3 })),
  Lookahead: () => new Lookahead(new AdamW({ learningRate: 1e-3 })),
  SAM: () => new SAM(new AdamW({ learningRate: 1e-3 })),
};
