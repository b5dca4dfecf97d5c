// SPDX-License-Identifier: Apache-2.0

import { AdaMod } from '@optim/adamod';
import { suite } from '@optim/testing';
import golden from '@optim/testing/golden/AdaMod.json' with { type: 'json' };

suite(golden, (options) => new AdaMod(options));
