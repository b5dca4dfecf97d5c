// SPDX-License-Identifier: Apache-2.0

import { NovoGrad } from '@optim/novograd';
import { suite } from '@optim/testing';
import golden from '@optim/testing/golden/NovoGrad.json' with { type: 'json' };

suite(golden, (options) => new NovoGrad(options));
