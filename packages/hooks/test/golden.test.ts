// SPDX-License-Identifier: Apache-2.0

import { AdamW } from '@optim/adamw';
import { softplus } from '@optim/formulas';
import {
  adaptiveGradientClipping,
  box,
  cautious,
  centralizeGradients,
  clipByBlockRms,
  clipByGlobalNorm,
  maxNorm,
  minMaxNorm,
  nonNegative,
  normalizeGradients,
  normLoss,
  orthogonalizeGradients,
  simplex,
  stableWeightDecay,
  unitNorm,
  type CautiousOptions,
  type StableWeightDecayOptions,
} from '@optim/hooks';
import { goldenBase, goldenHookSuite, goldenSuite } from '@optim/testing';
import unitClipping from '@optim/testing/golden/AdaptiveGradientClipping.json' with { type: 'json' };
import masked from '@optim/testing/golden/Cautious.json' with { type: 'json' };
import blockRms from '@optim/testing/golden/ClipByBlockRms.json' with { type: 'json' };
import constraints from '@optim/testing/golden/Constraints.json' with { type: 'json' };
import globalNorm from '@optim/testing/golden/GlobalNormClip.json' with { type: 'json' };
import centralization from '@optim/testing/golden/GradientCentralization.json' with { type: 'json' };
import normalization from '@optim/testing/golden/GradientNormalization.json' with { type: 'json' };
import towardsUnit from '@optim/testing/golden/NormLoss.json' with { type: 'json' };
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
goldenHookSuite(towardsUnit, normLoss);
goldenHookSuite(blockRms, clipByBlockRms);
goldenHookSuite(orthogonal, orthogonalizeGradients);
goldenHookSuite(stable, (options) => stableWeightDecay(options as unknown as StableWeightDecayOptions));
for (const [hook, make] of Object.entries({ box, maxNorm, minMaxNorm, nonNegative, simplex, unitNorm })) {
  const cases = constraints.cases.filter((golden) => golden.hook === hook);
  goldenHookSuite({ algorithm: hook, cases }, (options) => make(options as never));
}
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
