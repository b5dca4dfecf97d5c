// SPDX-License-Identifier: Apache-2.0

import { Ranger } from '@optim/ranger';
import { suite } from '@optim/testing';
import golden from '@optim/testing/golden/Ranger.json' with { type: 'json' };

suite(golden, (options) => new Ranger(options));
