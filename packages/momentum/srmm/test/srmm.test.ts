// SPDX-License-Identifier: Apache-2.0

import { SRMM } from '@optim/srmm';
import { suite } from '@optim/testing';
import golden from '@optim/testing/golden/SRMM.json' with { type: 'json' };

suite(golden, (options) => new SRMM(options));
