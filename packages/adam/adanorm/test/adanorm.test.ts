// SPDX-License-Identifier: Apache-2.0

import { AdaNorm } from '@optim/adanorm';
import { suite } from '@optim/testing';
import golden from '@optim/testing/golden/AdaNorm.json' with { type: 'json' };

suite(golden, (options) => new AdaNorm(options));
