// SPDX-License-Identifier: Apache-2.0

import { Ranger21 } from '@optim/ranger21';
import { suite } from '@optim/testing';
import golden from '@optim/testing/golden/Ranger21.json' with { type: 'json' };

suite(golden, (options) => new Ranger21(options));
