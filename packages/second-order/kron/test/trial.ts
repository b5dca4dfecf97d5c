// SPDX-License-Identifier: Apache-2.0

import { Kron } from '@optim/kron';
import type { Trials } from '@optim/testing';

export const trials: Trials = { Kron: () => new Kron({ learningRate: 1e-3, maxSizeTriangular: 256 }) };
