// SPDX-License-Identifier: Apache-2.0

import { AdamS } from '@optim/adams';
import { suite } from '@optim/testing';
import golden from '@optim/testing/golden/AdamS.json' with { type: 'json' };

suite(golden, (options) => new AdamS(options));
