// SPDX-License-Identifier: Apache-2.0

import { SCION, SCIONLight, type SCIONOptions } from '@optim/scion';
import type { Trials } from '@optim/testing';

const options: SCIONOptions = { learningRate: 0.01, radius: 8, alpha: 0.5 };

export const trials: Trials = { SCION: () => new SCION(options), SCIONLight: () => new SCIONLight(options) };
