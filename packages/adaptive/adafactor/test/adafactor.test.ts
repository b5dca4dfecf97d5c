// SPDX-License-Identifier: Apache-2.0

import { AdaFactor } from '@optim/adafactor';
import { goldenSuite } from '@optim/testing';
import golden from '@optim/testing/golden/AdaFactor.json' with { type: 'json' };

goldenSuite(golden, (options) => new AdaFactor(options));
