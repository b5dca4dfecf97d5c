// SPDX-License-Identifier: Apache-2.0

import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, expect, it, vi } from 'vitest';
import { findBrowser } from './browser.js';

const folder = mkdtempSync(join(tmpdir(), 'optim-browser-'));

afterEach(() => {
  vi.unstubAllEnvs();
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

it('takes the program that CHROMIUM names and tries no other', () => {
  vi.stubEnv('CHROMIUM', process.execPath);
  expect(findBrowser(folder)).toMatchObject({ browser: { executablePath: process.execPath }, tried: [] });
});

it('says why the program that CHROMIUM names does not start', () => {
  const missing = join(folder, 'missing');
  vi.stubEnv('CHROMIUM', missing);
  expect(findBrowser(folder)).toEqual({ browser: undefined, tried: [`spawnSync ${missing} ENOENT`] });
  expect(readdirSync(folder)).not.toContain('chromium');
});
