// SPDX-License-Identifier: Apache-2.0
// Pictures of the main pages, for a person to look at.

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { chromium, type Browser, type Page } from 'playwright';
import { chromiumFlags, findBrowser } from '../vitest/browser.js';
import { root } from '../workspace.js';
import { serve } from './serve.js';

/** The pages in the pictures, and what must have happened in them. */
const views: readonly { readonly name: string; readonly path: string; readonly until?: string }[] = [
  { name: 'home', path: '?backend=wasm', until: 'Number(document.documentElement.dataset.step) >= 120' },
  { name: 'landscape', path: 'landscape/', until: "document.documentElement.dataset.walked === 'yes'" },
  { name: 'which-one', path: 'which-one/' },
  { name: 'optimizers', path: 'optimizers/' },
  { name: 'adabelief', path: 'optimizers/AdaBelief/' },
  { name: 'schedules', path: 'schedules/' },
  { name: 'coming-from', path: 'coming-from/' },
  { name: 'cookbook', path: 'cookbook/' },
  { name: 'recipe', path: 'cookbook/resume/' },
  { name: 'speed', path: 'speed/' },
  { name: 'inspector', path: 'inspector/', until: 'Number(document.documentElement.dataset.step) >= 60' },
];

/** A Chromium that starts here, with WebGL and WebGPU in software. */
export function launch(): Promise<Browser> {
  const { browser, tried } = findBrowser(join(root, 'node_modules', '.cache', 'optim'));
  if (!browser) throw new Error(`site: no browser starts here:\n${tried.join('\n')}`);
  return chromium.launch({ ...browser, args: chromiumFlags });
}

/** What comes into view late, as landscapes do, has come; then what the page says must have happened. */
async function settle(page: Page, until: string | undefined): Promise<void> {
  const landscape = await page.$('#picture[data-name]');
  await landscape?.scrollIntoViewIfNeeded();
  const wanted = landscape ? "document.documentElement.dataset.walked === 'yes'" : until;
  if (wanted) await page.waitForFunction(wanted, undefined, { timeout: 120_000 });
  // What trains on leaves no time for a picture where the processor is slow.
  await page.evaluate("document.querySelector('#pause')?.click()");
  await page.evaluate('scrollTo(0, 0)');
}

/** Writes `NAME-light.png`, `NAME-dark.png`, and `NAME-phone.png`. */
export async function shoot(folder: string, target: string, only?: string): Promise<void> {
  mkdirSync(target, { recursive: true });
  const { server, address } = await serve(folder);
  const browser = await launch();
  try {
    for (const { name, path, until } of views.filter((view) => only === undefined || view.name === only)) {
      for (const look of ['light', 'dark', 'phone'] as const) {
        const page = await browser.newPage({
          viewport: look === 'phone' ? { width: 390, height: 844 } : { width: 1360, height: 900 },
          colorScheme: look === 'dark' ? 'dark' : 'light',
        });
        await page.goto(address + path);
        await settle(page, until);
        await page.screenshot({ path: join(target, `${name}-${look}.png`), fullPage: true });
        await page.close();
      }
    }
  } finally {
    await browser.close();
    server.close();
  }
}
