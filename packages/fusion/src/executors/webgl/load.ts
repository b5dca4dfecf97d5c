// SPDX-License-Identifier: Apache-2.0

import * as tf from '@tensorflow/tfjs-core';
import type { Executor } from '../../executor.js';
import { webglExecutor } from './executor.js';

/** The executor for the textures that the device can draw on. */
export async function loadWebgl(): Promise<Executor> {
  if (tf.env().getBool('WEBGL_RENDER_FLOAT32_ENABLED')) return webglExecutor;
  return (await import('./halved.js')).halvedExecutor;
}
