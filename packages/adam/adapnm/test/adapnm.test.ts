// SPDX-License-Identifier: Apache-2.0

import { AdaPNM } from '@optim/adapnm';
import { suite } from '@optim/testing';
import golden from '@optim/testing/golden/AdaPNM.json' with { type: 'json' };

suite(golden, (options) => new AdaPNM(options));
