// SPDX-License-Identifier: Apache-2.0

import { PID } from '@optim/pid';
import { suite } from '@optim/testing';
import golden from '@optim/testing/golden/PID.json' with { type: 'json' };

suite(golden, (options) => new PID(options));
