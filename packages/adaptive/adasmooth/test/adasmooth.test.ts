// SPDX-License-Identifier: Apache-2.0

import { AdaSmooth } from '@optim/adasmooth';
import { suite } from '@optim/testing';
import golden from '@optim/testing/golden/AdaSmooth.json' with { type: 'json' };

suite(golden, (options) => new AdaSmooth(options));
