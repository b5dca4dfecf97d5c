// SPDX-License-Identifier: Apache-2.0

import { AdaMax } from '@optim/adamax';
import { suite } from '@optim/testing';
import golden from '@optim/testing/golden/AdaMax.json' with { type: 'json' };

suite(golden, (options) => new AdaMax(options));
