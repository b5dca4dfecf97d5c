// SPDX-License-Identifier: Apache-2.0

import * as tf from '@tensorflow/tfjs-core';

/** Whether webgl rounds tensors to 16 bits; it knows from its first texture on. */
export const isHalved = (): boolean => tf.env().getFlags()['WEBGL_RENDER_FLOAT32_ENABLED'] === false;
