// SPDX-License-Identifier: Apache-2.0

import { AggMo } from '@optim/aggmo';
import { suite } from '@optim/testing';
import golden from '@optim/testing/golden/AggMo.json' with { type: 'json' };

suite(golden, (options) => new AggMo(options));
