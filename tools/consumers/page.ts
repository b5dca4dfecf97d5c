// SPDX-License-Identifier: Apache-2.0
// Opens the pages of a project in a headless Chromium.

import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { chromium, type Page } from 'playwright';
import { chromiumFlags, findBrowser } from '../vitest/browser.js';
import { root } from '../workspace.js';
import { Unavailable } from './project.js';

const types: Record<string, string> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.css': 'text/css',
};

const typeOf = (path: string): string => types[extname(path)] ?? 'application/octet-stream';

/** Why no page can be opened here; nothing where one can. */
export function noBrowser(): string | undefined {
  const { browser, tried } = findBrowser(join(root, 'node_modules', '.cache', 'optim'));
  return browser ? undefined : `no Chromium starts: ${tried.join('; ')}`;
}

/** @throws Unavailable where no page can be opened */
export function assertBrowser(): void {
  const lacking = noBrowser();
  if (lacking !== undefined) throw new Unavailable(lacking);
}

/** What `read` finds in the page, as soon as it finds something; a policy may forbid the page to be asked otherwise. */
export async function until<T>(page: Page, read: () => T | undefined): Promise<T> {
  for (let tries = 0; tries < 1200; tries += 1) {
    const found = await page.evaluate(read);
    if (found != null) return found as T;
    await sleep(100);
  }
  throw new Error('nothing came within two minutes');
}

export interface Opening {
  /** A content security policy for everything that is served. */
  policy?: string;
  /** What stands in for hosts on the internet: the text at an address, if there is any. */
  host?: (address: URL) => string | undefined;
}

/** Serves `folder`, opens the page at `path` of it, and waits for what `read` makes of it. */
export async function open<T>(
  folder: string,
  path: string,
  read: (page: Page) => Promise<T>,
  { policy, host }: Opening = {},
): Promise<T> {
  const { browser: found } = findBrowser(join(root, 'node_modules', '.cache', 'optim'));
  const server = createServer(({ url = '/' }, response) => {
    const file = join(folder, new URL(url, 'http://localhost').pathname);
    response.statusCode = existsSync(file) ? 200 : 404;
    response.setHeader('Content-Type', typeOf(file));
    if (policy !== undefined) response.setHeader('Content-Security-Policy', policy);
    response.end(existsSync(file) ? readFileSync(file) : '');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const browser = await chromium.launch({ ...found, args: chromiumFlags });
  const said: string[] = [];
  try {
    const context = await browser.newContext();
    context.on('weberror', (error) => said.push(String(error.error())));
    context.on('console', (message) => message.type() === 'error' && said.push(message.text()));
    const page = await context.newPage();
    await context.route(/^https:/, async (route) => {
      const body = host?.(new URL(route.request().url()));
      const headers = { 'Access-Control-Allow-Origin': '*', 'Content-Type': 'text/javascript' };
      await (body === undefined ? route.abort() : route.fulfill({ body, headers }));
    });
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/${path}`);
    return await read(page);
  } catch (error) {
    throw new Error(`${path}: ${String(error)}\n${said.join('\n')}`, { cause: error });
  } finally {
    await browser.close();
    server.close();
  }
}
