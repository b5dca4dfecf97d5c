// SPDX-License-Identifier: Apache-2.0

import { AdamW } from '@optim/adamw';
import { FriendlySAM } from '@optim/friendlysam';
import type { Trials } from '@optim/testing';

export const trials: Trials = { FriendlySAM: () => new FriendlySAM(new AdamW({ learningRate: 1e-3 })) };
