// SPDX-License-Identifier: Apache-2.0

import { chromium } from 'playwright';
import { createServer } from 'vite';
import { join } from 'node:path';
import { chromiumFlags, findBrowser } from '../vitest/browser.js';
import { root } from '../workspace.js';
import type { Effort, Row } from './measure.js';

const page = '<!doctype html><title>bench</title><script type="module" src="/tools/bench/page.ts"></script>';

/** Measures a GPU backend in a headless Chromium, on a page served from this machine. */
export async function measureInBrowser(backend: string, effort: Effort): Promise<Row[]> {
  const { browser: found, tried } = findBrowser(join(root, 'node_modules', '.cache', 'optim'));
  if (!found) throw new Error(`bench: no browser starts here:\n${tried.join('\n')}`);
  const server = await createServer({
    root,
    configFile: false,
    logLevel: 'error',
    resolve: { conditions: ['@optim/source', 'module', 'browser', 'development|production'] },
    server: { host: '127.0.0.1', port: 0 },
    plugins: [
      {
        name: 'bench-page',
        configureServer: ({ middlewares }) => {
          middlewares.use('/bench.html', (_request, response) => {
            response.setHeader('Content-Type', 'text/html');
            response.end(page);
          });
        },
      },
    ],
  });
  await server.listen();
  const browser = await chromium.launch({ ...found, args: chromiumFlags });
  try {
    const tab = await browser.newPage();
    await tab.goto(`${server.resolvedUrls!.local[0]}bench.html`);
    await tab.waitForFunction(() => 'bench' in window, undefined, { timeout: 120_000 });
    return await tab.evaluate(([name, work]) => window.bench(name, work), [backend, effort] as const);
  } finally {
    await browser.close();
    await server.close();
  }
}
