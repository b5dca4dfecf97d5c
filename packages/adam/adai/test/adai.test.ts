// SPDX-License-Identifier: Apache-2.0

import { Adai } from '@optim/adai';
import { centralizeGradients } from '@optim/hooks';
import { suite } from '@optim/testing';
import golden from '@optim/testing/golden/Adai.json' with { type: 'json' };

suite(
  golden,
  ({ useGc, ...options }) =>
    new Adai({ ...options, ...(useGc === true && { transforms: [centralizeGradients()] }) }),
);
