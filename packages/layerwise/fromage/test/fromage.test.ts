// SPDX-License-Identifier: Apache-2.0

import { Fromage } from '@optim/fromage';
import { suite } from '@optim/testing';
import golden from '@optim/testing/golden/Fromage.json' with { type: 'json' };

suite(golden, (options) => new Fromage(options));
