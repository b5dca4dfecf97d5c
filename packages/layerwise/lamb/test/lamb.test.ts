// SPDX-License-Identifier: Apache-2.0

import { Lamb } from '@optim/lamb';
import { goldenSuite } from '@optim/testing';
import golden from '@optim/testing/golden/Lamb.json' with { type: 'json' };

goldenSuite(golden, (options) => new Lamb(options));
