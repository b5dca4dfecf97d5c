// SPDX-License-Identifier: Apache-2.0

import { AdaBelief } from '@optim/adabelief';
import { suite } from '@optim/testing';
import golden from '@optim/testing/golden/AdaBelief.json' with { type: 'json' };

suite(golden, (options) => new AdaBelief(options));
