// SPDX-License-Identifier: Apache-2.0

import { AdaDelta } from '@optim/adadelta';
import { suite } from '@optim/testing';
import golden from '@optim/testing/golden/AdaDelta.json' with { type: 'json' };

suite(golden, (options) => new AdaDelta(options));
