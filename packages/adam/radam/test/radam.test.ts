// SPDX-License-Identifier: Apache-2.0

import { RAdam } from '@optim/radam';
import { suite } from '@optim/testing';
import golden from '@optim/testing/golden/RAdam.json' with { type: 'json' };

suite(golden, (options) => new RAdam(options));
