// SPDX-License-Identifier: Apache-2.0

import { NAdam } from '@optim/nadam';
import { suite } from '@optim/testing';
import golden from '@optim/testing/golden/NAdam.json' with { type: 'json' };

suite(golden, (options) => new NAdam(options));
