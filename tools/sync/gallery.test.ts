// SPDX-License-Identifier: Apache-2.0

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { golden } from '../../packages/schedules/test/golden.js';
import { root } from '../workspace.js';
import { gallery } from './gallery.js';

it('shows every schedule', () => {
  const text = gallery();
  for (const { schedule } of golden) expect(text).toContain(`font-weight="bold">${schedule}`);
  expect(text.match(/<polyline /g)).toHaveLength(35);
});

it('the README of @optim/schedules shows it', () => {
  const readme = readFileSync(join(root, 'packages', 'schedules', 'README.md'), 'utf8');
  expect(readme).toContain('](../../docs/schedules.svg)');
});
