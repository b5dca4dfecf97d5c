// SPDX-License-Identifier: Apache-2.0
// What runs in the browser.

import '@tensorflow/tfjs-backend-webgl';
import '@tensorflow/tfjs-backend-webgpu';
import '@tensorflow/tfjs-layers';
import { loadExecutors } from '@optim/fusion';
import * as tf from '@tensorflow/tfjs-core';
import { measure, type Effort, type Row } from './measure.js';

declare global {
  interface Window {
    bench: (backend: string, effort: Effort) => Promise<Row[]>;
  }
}

window.bench = async (backend, effort) => {
  tf.env().set('PROD', true);
  if (!(await tf.setBackend(backend))) throw new Error(`bench: backend ${backend} does not start here`);
  await loadExecutors();
  return [...(await measure('1M', true, effort)), ...(await measure('200 x 1k', true, effort))];
};
