// SPDX-License-Identifier: Apache-2.0

import { AdamP } from '@optim/adamp';
import { centralizeGradients } from '@optim/hooks';
import { suite } from '@optim/testing';
import golden from '@optim/testing/golden/AdamP.json' with { type: 'json' };

suite(
  golden,
  ({ useGc, ...options }) =>
    new AdamP({ ...options, ...(useGc === true && { transforms: [centralizeGradients()] }) }),
);
