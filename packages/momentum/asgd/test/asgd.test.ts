// SPDX-License-Identifier: Apache-2.0

import { ASGD } from '@optim/asgd';
import { suite } from '@optim/testing';
import golden from '@optim/testing/golden/ASGD.json' with { type: 'json' };

suite(golden, (options) => new ASGD(options));
