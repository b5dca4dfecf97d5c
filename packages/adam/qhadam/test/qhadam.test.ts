// SPDX-License-Identifier: Apache-2.0

import { QHAdam } from '@optim/qhadam';
import { suite } from '@optim/testing';
import golden from '@optim/testing/golden/QHAdam.json' with { type: 'json' };

suite(golden, (options) => new QHAdam(options));
