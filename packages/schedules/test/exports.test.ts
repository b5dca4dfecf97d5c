// SPDX-License-Identifier: Apache-2.0

import { expect, it } from 'vitest';
import * as api from '../src/index.js';
import { golden } from './golden.js';

it('exports every name of the golden file, and beyond it only what is listed here', () => {
  const names = [...new Set(golden.map(({ schedule }) => schedule))];
  const others = [
    'cyclicMomentum',
    'oneCycleMomentum',
    'plot',
    'reduceOnPlateauCallback',
    'registerSchedules',
    'scheduleCallback',
  ];
  expect(names).toHaveLength(35);
  expect(Object.keys(api).sort()).toEqual([...names, ...others].sort());
});
