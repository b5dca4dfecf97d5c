// SPDX-License-Identifier: Apache-2.0

import { SOAP } from '@optim/soap';
import type { Trials } from '@optim/testing';

export const trials: Trials = { SOAP: () => new SOAP({ learningRate: 1e-3, maxPreconditionDim: 256 }) };
