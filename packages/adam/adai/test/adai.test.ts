// SPDX-License-Identifier: Apache-2.0

import { Adai } from '@optim/adai';
import { centralizeGradients } from '@optim/hooks';
import { suite, withCentralization } from '@optim/testing';
import golden from '@optim/testing/golden/Adai.json' with { type: 'json' };

suite(golden, (options) => new Adai(withCentralization(options, centralizeGradients)));
