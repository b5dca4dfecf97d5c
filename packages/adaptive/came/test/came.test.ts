// SPDX-License-Identifier: Apache-2.0

import { CAME } from '@optim/came';
import { suite } from '@optim/testing';
import golden from '@optim/testing/golden/CAME.json' with { type: 'json' };

suite(golden, (options) => new CAME(options));
