// SPDX-License-Identifier: Apache-2.0

import { Yogi } from '@optim/yogi';
import { suite } from '@optim/testing';
import golden from '@optim/testing/golden/Yogi.json' with { type: 'json' };

suite(golden, (options) => new Yogi(options));
