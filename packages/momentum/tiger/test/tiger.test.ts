// SPDX-License-Identifier: Apache-2.0

import { Tiger } from '@optim/tiger';
import { suite } from '@optim/testing';
import golden from '@optim/testing/golden/Tiger.json' with { type: 'json' };

suite(golden, (options) => new Tiger(options));
