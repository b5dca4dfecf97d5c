// SPDX-License-Identifier: Apache-2.0

import { Gravity } from '@optim/gravity';
import { suite } from '@optim/testing';
import golden from '@optim/testing/golden/Gravity.json' with { type: 'json' };

suite(golden, (options) => new Gravity(options));
