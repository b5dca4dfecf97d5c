// SPDX-License-Identifier: Apache-2.0

import { MSVAG } from '@optim/msvag';
import { suite } from '@optim/testing';
import golden from '@optim/testing/golden/MSVAG.json' with { type: 'json' };

suite(golden, (options) => new MSVAG(options));
