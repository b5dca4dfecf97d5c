// SPDX-License-Identifier: Apache-2.0

import { DAdaptAdam } from '@optim/dadaptation';
import { suite } from '@optim/testing';
import golden from '@optim/testing/golden/DAdaptAdam.json' with { type: 'json' };

suite(golden, (options) => new DAdaptAdam(options));
