// SPDX-License-Identifier: Apache-2.0

import { Adai } from '@optim/adai';
import { centralizeGradients } from '@optim/hooks';
import { goldenSuite } from '@optim/testing';
import golden from '@optim/testing/golden/Adai.json' with { type: 'json' };

goldenSuite(golden, ({ useGc, ...options }) => new Adai({ ...options, transforms: useGc ? [centralizeGradients()] : [] }));
