// SPDX-License-Identifier: Apache-2.0
// What PyTorch has begun goes on here, and what is written back is what PyTorch would have written.

import { AdamW } from '@optim/adamw';
import type { BaseOptimizer } from '@optim/core';
import { NAdam } from '@optim/nadam';
import { RAdam } from '@optim/radam';
import { SGDW } from '@optim/sgdw';
import { expect, it } from 'vitest';
import { fromTorch } from '../src/index.js';
import { bytesIn, deviation, goOn, recordingIn, tableOf } from './fixtures.js';

const cases: Record<string, [string, new (o: any) => BaseOptimizer]> = {
  'torch-AdamW': ['AdamW', AdamW],
  'torch-AdamWamsgrad': ['AdamW', AdamW],
  'torch-Adam': ['AdamW', AdamW],
  'torch-NAdam': ['NAdam', NAdam],
  'torch-RAdam': ['RAdam', RAdam],
  'torch-SGD': ['SGDW', SGDW],
};
it.each(Object.entries(cases))('%s', async (name, [className, Class]) => {
  const rec = recordingIn(name);
  const { options, state } = fromTorch(bytesIn(`${name}.safetensors`), className, { parameters: tableOf(rec) });
  const o = new Class(options);
  await o.loadStateDict(state);
  const r = await goOn(rec, o, { from: 6, to: 12, isTorch: true });
  console.log(name, deviation(rec, r, 12, true));
  o.dispose();
});
