// SPDX-License-Identifier: Apache-2.0

import { AdaShift } from '@optim/adashift';
import { suite } from '@optim/testing';
import golden from '@optim/testing/golden/AdaShift.json' with { type: 'json' };

suite(golden, (options) => new AdaShift(options));
