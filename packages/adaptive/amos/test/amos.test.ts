// SPDX-License-Identifier: Apache-2.0

import { Amos } from '@optim/amos';
import { suite } from '@optim/testing';
import golden from '@optim/testing/golden/Amos.json' with { type: 'json' };

suite(golden, (options) => new Amos(options));
