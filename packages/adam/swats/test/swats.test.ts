// SPDX-License-Identifier: Apache-2.0

import { SWATS } from '@optim/swats';
import { suite } from '@optim/testing';
import golden from '@optim/testing/golden/SWATS.json' with { type: 'json' };

suite(golden, (options) => new SWATS(options));
