// SPDX-License-Identifier: Apache-2.0

import { Lion } from '@optim/lion';
import { suite } from '@optim/testing';
import golden from '@optim/testing/golden/Lion.json' with { type: 'json' };

suite(golden, (options) => new Lion(options));
