// SPDX-License-Identifier: Apache-2.0

import { DiffGrad } from '@optim/diffgrad';
import { suite } from '@optim/testing';
import golden from '@optim/testing/golden/DiffGrad.json' with { type: 'json' };

suite(golden, (options) => new DiffGrad(options));
