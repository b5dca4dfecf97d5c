// SPDX-License-Identifier: Apache-2.0

import { centralizeGradients, clipByGlobalNorm } from '@optim/hooks';
import { goldenHookSuite } from '@optim/testing';
import centralization from '@optim/testing/golden/GradientCentralization.json' with { type: 'json' };
import globalNorm from '@optim/testing/golden/GlobalNormClip.json' with { type: 'json' };

goldenHookSuite(centralization, ({ gcConvOnly = false }) =>
  centralizeGradients({ convOnly: gcConvOnly as boolean }),
);
goldenHookSuite(globalNorm, ({ maxNorm }) => clipByGlobalNorm(maxNorm as number));
