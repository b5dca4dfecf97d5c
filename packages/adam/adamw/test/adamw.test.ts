// SPDX-License-Identifier: Apache-2.0

import { AdamD, AdamW, AMSGrad } from '@optim/adamw';
import { suite } from '@optim/testing';
import adamDGolden from '@optim/testing/golden/AdamD.json' with { type: 'json' };
import adamWGolden from '@optim/testing/golden/AdamW.json' with { type: 'json' };
import aMSGradGolden from '@optim/testing/golden/AMSGrad.json' with { type: 'json' };

suite(adamDGolden, (options) => new AdamD(options));
suite(adamWGolden, (options) => new AdamW(options));
suite(aMSGradGolden, (options) => new AMSGrad(options));
