// SPDX-License-Identifier: Apache-2.0

import { DAdaptAdam } from '@optim/dadaptation';
import { goldenSuite } from '@optim/testing';
import golden from '@optim/testing/golden/DAdaptAdam.json' with { type: 'json' };

goldenSuite(golden, (options) => new DAdaptAdam(options));
