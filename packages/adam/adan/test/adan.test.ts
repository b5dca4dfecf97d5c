// SPDX-License-Identifier: Apache-2.0

import { Adan } from '@optim/adan';
import { suite } from '@optim/testing';
import golden from '@optim/testing/golden/Adan.json' with { type: 'json' };

suite(golden, (options) => new Adan(options));
