// SPDX-License-Identifier: Apache-2.0

import { AvaGrad } from '@optim/avagrad';
import { suite } from '@optim/testing';
import golden from '@optim/testing/golden/AvaGrad.json' with { type: 'json' };

suite(golden, (options) => new AvaGrad(options));
