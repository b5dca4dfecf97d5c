// SPDX-License-Identifier: Apache-2.0
// Pictures of the main pages, for a person to look at.

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { chromium, type Browser, type Page } from 'playwright';
import { chromiumFlags, findBrowser } from '../vitest/browser.js';
import { root } from '../workspace.js';
import { serve } from './serve.js';

/** The pages in the pictures, and what to wait for: how long, or a number of steps. */
const views: readonly { readonly name: string; readonly path: string; readonly steps?: number }[] = [
  { name: 'home', path: '?backend=wasm', steps: 120 },
  { name: 'landscape', path: 'landscape/' },
  { name: 'optimizers', path: 'optimizers/' },
  { name: 'adabelief', path: 'optimizers/AdaBelief/' },
  { name: 'speed', path: 'speed/' },
];

/** A Chromium that starts here, with WebGL and WebGPU in software. */
export function launch(): Promise<Browser> {
  const { browser, tried } = findBrowser(join(root, 'node_modules', '.cache', 'optim'));
  if (!browser) throw new Error(`site: no browser starts here:\n${tried.join('\n')}`);
  return chromium.launch({ ...browser, args: chromiumFlags });
}

async function settle(page: Page, steps: number | undefined): Promise<void> {
  if (steps === undefined) await page.waitForTimeout(1500);
  else
    await page.waitForFunction((n) => Number(document.documentElement.dataset['step']) >= n, steps, {
      timeout: 120_000,
    });
}

/** Writes `NAME-light.png`, `NAME-dark.png`, and `NAME-phone.png`. */
export async function shoot(folder: string, target: string, only?: string): Promise<void> {
  mkdirSync(target, { recursive: true });
  const { server, address } = await serve(folder);
  const browser = await launch();
  try {
    for (const { name, path, steps } of views.filter((view) => only === undefined || view.name === only)) {
      for (const look of ['light', 'dark', 'phone'] as const) {
        const page = await browser.newPage({
          viewport: look === 'phone' ? { width: 390, height: 844 } : { width: 1360, height: 900 },
          locale: 'en-US',
          colorScheme: look === 'dark' ? 'dark' : 'light',
        });
        await page.goto(address + path);
        await settle(page, steps);
        await page.screenshot({ path: join(target, `${name}-${look}.png`), fullPage: true });
        await page.close();
      }
    }
  } finally {
    await browser.close();
    server.close();
  }
}
