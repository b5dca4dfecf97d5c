// SPDX-License-Identifier: Apache-2.0

import { QHM } from '@optim/qhm';
import { suite } from '@optim/testing';
import golden from '@optim/testing/golden/QHM.json' with { type: 'json' };

suite(golden, (options) => new QHM(options));
