// SPDX-License-Identifier: Apache-2.0

import { A2Grad } from '@optim/a2grad';
import { suite } from '@optim/testing';
import golden from '@optim/testing/golden/A2Grad.json' with { type: 'json' };

suite(golden, (options) => new A2Grad(options));
