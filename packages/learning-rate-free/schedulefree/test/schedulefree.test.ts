// SPDX-License-Identifier: Apache-2.0

import { ScheduleFreeAdamW } from '@optim/schedulefree';
import { suite } from '@optim/testing';
import golden from '@optim/testing/golden/ScheduleFreeAdamW.json' with { type: 'json' };

suite(golden, (options) => new ScheduleFreeAdamW(options));
