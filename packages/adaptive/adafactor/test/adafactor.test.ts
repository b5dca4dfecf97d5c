// SPDX-License-Identifier: Apache-2.0

import { AdaFactor } from '@optim/adafactor';
import { suite } from '@optim/testing';
import golden from '@optim/testing/golden/AdaFactor.json' with { type: 'json' };

suite(golden, (options) => new AdaFactor(options));
