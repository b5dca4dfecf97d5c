// SPDX-License-Identifier: Apache-2.0

import { Prodigy } from '@optim/prodigy';
import { suite } from '@optim/testing';
import golden from '@optim/testing/golden/Prodigy.json' with { type: 'json' };

suite(golden, (options) => new Prodigy(options));
