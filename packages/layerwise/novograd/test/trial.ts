// SPDX-License-Identifier: Apache-2.0

import { NovoGrad } from '@optim/novograd';
import type { Trials } from '@optim/testing';

export const trials: Trials = { NovoGrad: () => new NovoGrad({ learningRate: 0.01 }) };
