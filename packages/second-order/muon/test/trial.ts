// SPDX-License-Identifier: Apache-2.0

import { AdaMuon, Muon, NorMuon } from '@optim/muon';
import type { Trials } from '@optim/testing';

export const trials: Trials = {
  AdaMuon: () => new AdaMuon({ adamwLearningRate: 1e-3 }),
  Muon: () => new Muon({ adamwLearningRate: 1e-3 }),
  NorMuon: () => new NorMuon({ adamwLearningRate: 1e-3 }),
};
