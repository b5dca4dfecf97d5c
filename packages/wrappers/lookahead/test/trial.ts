// SPDX-License-Identifier: Apache-2.0

import { AdamW } from '@optim/adamw';
import { Lookahead } from '@optim/lookahead';
import type { Trials } from '@optim/testing';

export const trials: Trials = { Lookahead: () => new Lookahead(new AdamW({ learningRate: 1e-3 })) };
