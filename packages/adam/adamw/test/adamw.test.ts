// SPDX-License-Identifier: Apache-2.0

import { AdamD, AdamW, AMSGrad } from '@optim/adamw';
import { goldenSuite } from '@optim/testing';
import adamDGolden from '@optim/testing/golden/AdamD.json' with { type: 'json' };
import adamWGolden from '@optim/testing/golden/AdamW.json' with { type: 'json' };
import aMSGradGolden from '@optim/testing/golden/AMSGrad.json' with { type: 'json' };

goldenSuite(adamDGolden, (options) => new AdamD(options));
goldenSuite(adamWGolden, (options) => new AdamW(options));
goldenSuite(aMSGradGolden, (options) => new AMSGrad(options));
