// SPDX-License-Identifier: Apache-2.0

import { AdamP } from '@optim/adamp';
import { centralizeGradients } from '@optim/hooks';
import { goldenSuite } from '@optim/testing';
import golden from '@optim/testing/golden/AdamP.json' with { type: 'json' };

goldenSuite(golden, ({ useGc, ...options }) => new AdamP({ ...options, transforms: useGc ? [centralizeGradients()] : [] }));
