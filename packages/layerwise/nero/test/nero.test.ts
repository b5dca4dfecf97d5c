// SPDX-License-Identifier: CC-BY-NC-SA-4.0

import { Nero } from '@optim/nero';
import { suite } from '@optim/testing';
import golden from '@optim/testing/golden/Nero.json' with { type: 'json' };

suite(golden, (options) => new Nero(options));
