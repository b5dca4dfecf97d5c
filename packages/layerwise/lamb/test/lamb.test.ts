// SPDX-License-Identifier: Apache-2.0

import { Lamb } from '@optim/lamb';
import { suite } from '@optim/testing';
import golden from '@optim/testing/golden/Lamb.json' with { type: 'json' };

suite(golden, (options) => new Lamb(options));
