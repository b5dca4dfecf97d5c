// SPDX-License-Identifier: Apache-2.0

import '@tensorflow/tfjs-backend-cpu';
import { AdamW } from '@optim/adamw';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, expect, it } from 'vitest';
import { GaLore } from '../src/index.js';

function useHalves(on: boolean): void {
  tf.env().set('WEBGL_FORCE_F16_TEXTURES', on);
  tf.env().set('WEBGL_RENDER_FLOAT32_ENABLED', !on);
}
afterEach(() => useHalves(false));

/** Six steps along matrices of one clear direction, the products of 1, 2, 4, 8 and 1, -0.5, 0.25, and a twentieth of others. */
async function trained(backend: string): Promise<number[]> {
  await tf.setBackend(backend);
  const variable = tf.tidy(() => tf.variable(tf.zeros([4, 3]), true, 'kernel'));
  const galore = new GaLore(new AdamW({ learningRate: 0.1, weightDecay: 0 }), { rank: 1 });
  try {
    for (let t = 1; t <= 6; t++) {
      const g = Array.from(
        { length: 12 },
        (_, i) => 2 ** Math.floor(i / 3) * (-0.5) ** (i % 3) + 0.05 * (((7 * i + 5 * t) % 11) - 5),
      );
      tf.tidy(() => galore.applyGradients({ kernel: tf.tensor2d(g, [4, 3]) }));
    }
    return [...(await variable.data())];
  } finally {
    galore.dispose();
    variable.dispose();
  }
}

it('takes the steps of float32 along a clear direction where textures have 16 bits', async () => {
  const want = await trained('cpu');
  useHalves(true);
  const got = await trained('webgl');
  const moved = Math.max(...want.map(Math.abs));
  expect(moved).toBeGreaterThan(0.05);
  // Products of matrices are rounded to 11 bits, and so is the variable in each step.
  want.forEach((value, i) => expect(Math.abs(got[i]! - value)).toBeLessThanOrEqual(8 * 2 ** -11 * moved));
});
