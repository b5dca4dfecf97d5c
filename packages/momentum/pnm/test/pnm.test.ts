// SPDX-License-Identifier: Apache-2.0

import { PNM } from '@optim/pnm';
import { suite } from '@optim/testing';
import golden from '@optim/testing/golden/PNM.json' with { type: 'json' };

suite(golden, (options) => new PNM(options));
