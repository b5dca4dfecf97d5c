// SPDX-License-Identifier: Apache-2.0

/**
 * Muon and its kin: momentum whose update matrices are made almost orthogonal.
 *
 * @packageDocumentation
 */

import { register } from '@optim/core/authoring';
import { AdaMuon } from './ada-muon.js';
import { Muon } from './muon.js';
import { NorMuon } from './nor-muon.js';

register(AdaMuon, Muon, NorMuon);

export { AdaMuon, Muon, NorMuon };
export type { AdaMuonOptions } from './ada-muon.js';
export type { MuonOptions } from './muon.js';
export type { NorMuonOptions } from './nor-muon.js';
