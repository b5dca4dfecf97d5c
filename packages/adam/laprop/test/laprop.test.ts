// SPDX-License-Identifier: Apache-2.0

import { LaProp } from '@optim/laprop';
import { suite } from '@optim/testing';
import golden from '@optim/testing/golden/LaProp.json' with { type: 'json' };

suite(golden, (options) => new LaProp(options));
