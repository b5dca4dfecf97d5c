// SPDX-License-Identifier: Apache-2.0

import { SGDP } from '@optim/sgdp';
import { suite } from '@optim/testing';
import golden from '@optim/testing/golden/SGDP.json' with { type: 'json' };

suite(golden, (options) => new SGDP(options));
