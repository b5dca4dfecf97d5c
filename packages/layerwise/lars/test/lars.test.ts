// SPDX-License-Identifier: Apache-2.0

import { LARS } from '@optim/lars';
import { suite } from '@optim/testing';
import golden from '@optim/testing/golden/LARS.json' with { type: 'json' };

suite(golden, (options) => new LARS(options));
