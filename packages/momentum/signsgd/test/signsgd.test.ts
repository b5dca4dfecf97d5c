// SPDX-License-Identifier: Apache-2.0

import { SignSGD } from '@optim/signsgd';
import { suite } from '@optim/testing';
import golden from '@optim/testing/golden/SignSGD.json' with { type: 'json' };

suite(golden, (options) => new SignSGD(options));
