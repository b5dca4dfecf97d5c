// SPDX-License-Identifier: Apache-2.0

import { AdamP } from '@optim/adamp';
import { centralizeGradients } from '@optim/hooks';
import { suite, withCentralization } from '@optim/testing';
import golden from '@optim/testing/golden/AdamP.json' with { type: 'json' };

suite(golden, (options) => new AdamP(withCentralization(options, centralizeGradients)));
