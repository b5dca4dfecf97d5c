// SPDX-License-Identifier: Apache-2.0

import { AliG } from '@optim/alig';
import { suite } from '@optim/testing';
import golden from '@optim/testing/golden/AliG.json' with { type: 'json' };

suite(golden, (options) => new AliG(options));
