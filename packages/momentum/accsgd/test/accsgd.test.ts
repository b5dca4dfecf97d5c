// SPDX-License-Identifier: Apache-2.0

import { AccSGD } from '@optim/accsgd';
import { suite } from '@optim/testing';
import golden from '@optim/testing/golden/AccSGD.json' with { type: 'json' };

suite(golden, (options) => new AccSGD(options));
