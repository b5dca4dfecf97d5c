// SPDX-License-Identifier: Apache-2.0
// Lion with the hook `cautious`: the golden case of the hook that has Lion as its base.

import { cautious, type CautiousOptions } from '@optim/hooks';
import { Lion, type LionOptions } from '@optim/lion';
import { goldenSuite } from '@optim/testing';
import golden from '@optim/testing/golden/Cautious.json' with { type: 'json' };

const cases = golden.cases.filter(({ options }) => options.base?.optimizer === 'Lion');

goldenSuite({ algorithm: 'Lion with cautious', cases }, ({ base, scaling }) => {
  const { learningRate, beta1, beta2, weightDecay } = base as Required<LionOptions>;
  const transforms = [cautious({ scaling } as CautiousOptions)];
  return new Lion({ learningRate, beta1, beta2, weightDecay, transforms });
});
