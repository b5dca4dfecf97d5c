// SPDX-License-Identifier: Apache-2.0

import { SM3 } from '@optim/sm3';
import { suite } from '@optim/testing';
import golden from '@optim/testing/golden/SM3.json' with { type: 'json' };

suite(golden, (options) => new SM3(options));
