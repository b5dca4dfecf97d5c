// SPDX-License-Identifier: Apache-2.0

import { Apollo } from '@optim/apollo';
import { suite } from '@optim/testing';
import golden from '@optim/testing/golden/Apollo.json' with { type: 'json' };

suite(golden, (options) => new Apollo(options));
