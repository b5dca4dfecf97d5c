// SPDX-License-Identifier: Apache-2.0

import { AdamW } from '@optim/adamw';
import { softplus } from '@optim/formulas';
import {
  adaptiveGradientClipping,
  cautious,
  centralizeGradients,
  clipByBlockRms,
  clipByGlobalNorm,
  normalizeGradients,
  normLoss,
  orthogonalizeGradients,
  stableWeightDecay,
  type CautiousOptions,
  type StableWeightDecayOptions,
} from '@optim/hooks';
import { goldenBase, goldenHookSuite, goldenSuite } from '@optim/testing';
import unitClipping from '@optim/testing/golden/AdaptiveGradientClipping.json' with { type: 'json' };
import masked from '@optim/testing/golden/Cautious.json' with { type: 'json' };
import blockRms from '@optim/testing/golden/ClipByBlockRms.json' with { type: 'json' };
import globalNorm from '@optim/testing/golden/GlobalNormClip.json' with { type: 'json' };
import centralization from '@optim/testing/golden/GradientCentralization.json' with { type: 'json' };
import normalization from '@optim/testing/golden/GradientNormalization.json' with { type: 'json' };
import unitNorm from '@optim/testing/golden/NormLoss.json' with { type: 'json' };
import orthogonal from '@optim/testing/golden/OrthogonalizeGradients.json' with { type: 'json' };
import smooth from '@optim/testing/golden/SoftplusTransform.json' with { type: 'json' };
import stable from '@optim/testing/golden/StableWeightDecay.json' with { type: 'json' };

goldenHookSuite(unitClipping, adaptiveGradientClipping);
goldenHookSuite(masked, cautious);
goldenHookSuite(centralization, ({ gcConvOnly = false }) =>
  centralizeGradients({ convOnly: gcConvOnly as boolean }),
);
goldenHookSuite(globalNorm, ({ maxNorm }) => clipByGlobalNorm(maxNorm as number));
goldenHookSuite(normalization, normalizeGradients);
goldenHookSuite(unitNorm, normLoss);
goldenHookSuite(blockRms, clipByBlockRms);
goldenHookSuite(orthogonal, orthogonalizeGradients);
goldenHookSuite(stable, (options) => stableWeightDecay(options as unknown as StableWeightDecayOptions));
// Not a hook, since an optimizer has to say where its denominator is; core has the function.
goldenHookSuite(smooth, ({ beta = 50 }) => ({
  name: 'softplus',
  gradient: ({ grad }) => ({ grad: softplus(grad!, beta as number) }),
}));

// The case with Lion is among the tests of Lion.
const withAdamW = masked.cases.filter(({ options }) => options.base?.optimizer === 'AdamW');
goldenSuite({ algorithm: 'AdamW with cautious', cases: withAdamW }, ({ base, scaling }) => {
  const transforms = [cautious({ scaling } as CautiousOptions)];
  return goldenBase(base, (options) => new AdamW({ ...options, transforms }));
});
