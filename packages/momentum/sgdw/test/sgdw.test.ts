// SPDX-License-Identifier: Apache-2.0

import { SGDW } from '@optim/sgdw';
import { suite } from '@optim/testing';
import golden from '@optim/testing/golden/SGDW.json' with { type: 'json' };

suite(golden, (options) => new SGDW(options));
