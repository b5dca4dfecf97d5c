// SPDX-License-Identifier: Apache-2.0

import { MADGRAD } from '@optim/madgrad';
import { suite } from '@optim/testing';
import golden from '@optim/testing/golden/MADGRAD.json' with { type: 'json' };

suite(golden, (options) => new MADGRAD(options));
