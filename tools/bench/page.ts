// SPDX-License-Identifier: Apache-2.0
// What runs in the browser.

import '@tensorflow/tfjs-backend-webgl';
import '@tensorflow/tfjs-backend-webgpu';
import '@tensorflow/tfjs-layers';
import { loadExecutors } from '@optim/fusion';
import type { Trials } from '@optim/testing';
import * as tf from '@tensorflow/tfjs-core';
import { measure, type Effort, type Row } from './measure.js';
import { featured, only } from './subjects.js';

declare global {
  interface Window {
    bench: (backend: string, effort: Effort) => Promise<Row[]>;
  }
}

const modules = import.meta.glob<{ trials: Trials }>('../../packages/*/*/test/trial.ts', { eager: true });
const all: Trials = Object.assign({}, ...Object.values(modules).map(({ trials }) => trials));

window.bench = async (backend, effort) => {
  tf.env().set('PROD', true);
  if (!(await tf.setBackend(backend))) throw new Error(`bench: backend ${backend} does not start here`);
  await loadExecutors();
  const rows: Row[] = [];
  for (const layout of ['1M', '200 x 1k'])
    rows.push(...(await measure(layout, only(all, featured), { ...effort, withOps: true })));
  return rows;
};
