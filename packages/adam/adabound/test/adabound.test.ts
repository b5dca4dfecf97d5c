// SPDX-License-Identifier: Apache-2.0

import { AdaBound } from '@optim/adabound';
import { suite } from '@optim/testing';
import golden from '@optim/testing/golden/AdaBound.json' with { type: 'json' };

suite(golden, (options) => new AdaBound(options));
