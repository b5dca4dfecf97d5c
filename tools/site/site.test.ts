// SPDX-License-Identifier: Apache-2.0
// The site as it is built, in a browser: every page opens without an error, and what lives in them runs.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { AxeResults } from 'axe-core';
import type { Browser, Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { root } from '../workspace.js';
import { serve } from './serve.js';
import { launch } from './shots.js';

const folder = mkdtempSync(join(tmpdir(), 'optim-site-'));
const main = [
  '',
  'landscape/',
  'which-one/',
  'optimizers/',
  'optimizers/AdamW/',
  'schedules/',
  'coming-from/',
  'cookbook/',
  'cookbook/resume/',
  'speed/',
  'inspector/',
];
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

let browser: Browser;
let server: Server;
let address: string;

/** Runs what uses a page; afterwards nothing may have gone wrong in it. */
async function withPage(
  path: string,
  use: (page: Page) => Promise<void>,
  options: Parameters<Browser['newPage']>[0] = {},
): Promise<void> {
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 }, ...options });
  const wrong: string[] = [];
  page.on('console', (message) => message.type() === 'error' && wrong.push(message.text()));
  page.on('pageerror', ({ message }) => wrong.push(message));
  page.on(
    'response',
    (response) => response.status() >= 400 && wrong.push(`${response.status()} ${response.url()}`),
  );
  try {
    await page.goto(address + path);
    await use(page);
    expect(wrong, path).toEqual([]);
  } finally {
    await page.close();
  }
}

const walked = (page: Page): Promise<unknown> =>
  page.waitForFunction(() => document.documentElement.dataset['walked'] === 'yes', undefined, {
    timeout: 60_000,
  });

/** Every page but those of the API. */
function paths(): string[] {
  return (readdirSync(folder, { recursive: true }) as string[])
    .filter((file) => file.endsWith('index.html'))
    .map((file) => file.replaceAll('\\', '/').replace('index.html', ''));
}

beforeAll(async () => {
  const tsx = createRequire(import.meta.url).resolve('tsx/cli');
  execFileSync(process.execPath, [tsx, '--conditions=@optim/source', 'tools/site/main.ts', '--out', folder], {
    cwd: root,
    stdio: 'pipe',
  });
  ({ server, address } = await serve(folder));
  browser = await launch();
});

afterAll(async () => {
  await browser?.close();
  server?.close();
  rmSync(folder, { recursive: true });
});

it('opens every page without an error', async () => {
  const all = paths();
  expect(all.length).toBeGreaterThan(120);
  const next = all.values();
  // So low that the landscapes of the classes stay out of view: those have a test of their own.
  const small = { viewport: { width: 900, height: 300 } };
  const open = async (): Promise<void> => {
    for (const path of next) await withPage(path, () => Promise.resolve(), small);
  };
  await Promise.all([open(), open()]);
});

it('draws the landscape of a class once it is in view', async () => {
  await withPage('optimizers/AdaBelief/', async (page) => {
    await page.locator('#picture').scrollIntoViewIfNeeded();
    await walked(page);
    expect(await page.locator('#picture svg path').count()).toBeGreaterThan(6);
  });
});

it('finds only what is there', () => {
  const list = JSON.parse(readFileSync(join(folder, 'assets', 'search.json'), 'utf8')) as string[][];
  expect(list.length).toBeGreaterThan(150);
  for (const [name, , , address] of list) {
    const [file, id] = address!.split('#');
    const text = readFileSync(join(folder, file!), 'utf8');
    expect(id === undefined || text.includes(`id="${id}"`), `${name}: ${address}`).toBe(true);
  }
});

it('has no link that leads nowhere, but to the API', () => {
  const known = new Set(paths().map((path) => `${path}index.html`));
  for (const path of paths()) {
    const text = readFileSync(join(folder, path, 'index.html'), 'utf8');
    for (const [, link] of text.matchAll(/<a [^>]*href="([^"#?:]+)[^":]*"/g)) {
      const target = new URL(link!, `http://x/${path}`).pathname.slice(1);
      if (!target.startsWith('api/')) expect(known.has(target), `${path}: ${link}`).toBe(true);
    }
  }
});

/** Contrast depends on the look; the rest does not. */
const looks = [
  ...main.map((path) => ({ path, look: 'light' as const })),
  ...['', 'landscape/', 'optimizers/AdamW/'].map((path) => ({ path, look: 'dark' as const })),
];

it.each(looks)('axe finds nothing serious on /$path, $look', async ({ path, look }) => {
  await withPage(
    path,
    async (page) => {
      if (path === '') await page.click('#pause');
      await page.evaluate(axe);
      const { violations } = (await page.evaluate("axe.run({ resultTypes: ['violations'] })")) as AxeResults;
      const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
      expect(serious.map(({ id, nodes }) => `${id}: ${nodes[0]!.html} ${nodes[0]!.failureSummary}`)).toEqual(
        [],
      );
    },
    { colorScheme: look },
  );
});

it('fits a phone: no page is wider than its window', async () => {
  for (const path of main)
    await withPage(
      path,
      async (page) => {
        const width = await page.evaluate(() => document.documentElement.scrollWidth);
        expect(width, path).toBeLessThanOrEqual(390);
      },
      { viewport: { width: 390, height: 844 } },
    );
});

it('moves the start of the landscape by keys, and keeps all that is set in the address', async () => {
  const setting =
    'landscape/?on=ravine&from=-3,1&steps=120&o=AdamW,learningRate=0.05,schedule=cosine,hooks=cautious&o=SGDW,learningRate=0.02';
  await withPage(setting, async (page) => {
    await walked(page);
    const heights = await page.$$eval('#numbers tr', (rows) =>
      rows.map((row) => Number(row.children[3]!.textContent)),
    );
    expect(heights).toHaveLength(2);
    for (const height of heights) expect(height).toBeLessThan(0.5);
    expect(await page.textContent('#slots')).toContain('m');
    await page.focus('.start');
    await page.keyboard.press('ArrowRight');
    await walked(page);
    expect(new URL(page.url()).search).toContain(
      'from=-2.84,1&steps=120&o=AdamW,learningRate=0.05,schedule=cosine,hooks=cautious',
    );
  });
});

it('composes a schedule and reads off a step', async () => {
  await withPage('schedules/?schedule=cosineAnnealing', async (page) => {
    await page.fill('#warmup', '100');
    await page.fill('#step', '50');
    expect(await page.textContent('#rate')).toBe('the rate is 5e-4');
    expect(await page.textContent('#code')).toContain(
      'withWarmup(cosineAnnealing({ maxLearningRate: 0.001, totalSteps: 1000 }), { warmupSteps: 100 })',
    );
    expect(JSON.parse((await page.textContent('#json'))!)).toMatchObject({ schedule: 'withWarmup' });
  });
});

it('finds a class by the keyboard alone', async () => {
  await withPage('cookbook/', async (page) => {
    await page.keyboard.press('/');
    await page.keyboard.type('prodig');
    await page.waitForSelector('.search li');
    await page.keyboard.press('Enter');
    await page.waitForURL('**/optimizers/Prodigy/index.html');
  });
});

it('answers the questions with a program', async () => {
  await withPage('which-one/', async (page) => {
    expect(await page.textContent('#name')).toBe('AdamW');
    await page.check('input[value=short]');
    expect(await page.textContent('#name')).toBe('Lion');
    expect(await page.textContent('#code')).toContain("import { Lion } from '@optim/lion';");
    expect(await page.textContent('#reasons')).toContain('bytes a parameter');
    expect(await page.textContent('#reasons')).toContain('Its licence is Apache-2.0');
  });
});

it('measures on this machine, and shows what is emitted', async () => {
  await withPage('speed/?backend=cpu', async (page) => {
    await page.selectOption('#layout', '200 x 1k');
    await page.click('#start');
    await page.waitForFunction(() => document.documentElement.dataset['measured'] === '1', undefined, {
      timeout: 120_000,
    });
    const rows = await page.$$eval('#measured tr:has(td)', (list) =>
      list.map((row) => [...row.querySelectorAll('td')].map((cell) => Number(cell.textContent))),
    );
    expect(rows).toHaveLength(3);
    for (const [nanoseconds, ratio] of rows) {
      expect(nanoseconds).toBeGreaterThan(0);
      expect(ratio).toBeGreaterThan(0);
    }
    expect(rows[1]![2]).toBeLessThan(rows[0]![2]!);
    const [download] = await Promise.all([page.waitForEvent('download'), page.click('#download')]);
    const saved = JSON.parse(readFileSync(await download.path(), 'utf8')) as { measured: object[] };
    expect(saved.measured).toMatchObject([{ backend: 'cpu', layout: '200 x 1k' }]);
    await page.click('[data-language=wgsl]');
    expect(await page.textContent('#kernel')).toContain('@compute');
  });
});

it('inspects a training, and shows the variable of the first NaN', async () => {
  await withPage('inspector/', async (page) => {
    const until = (step: number): Promise<unknown> =>
      page.waitForFunction((n) => Number(document.documentElement.dataset['step']) >= n, step, {
        timeout: 60_000,
      });
    await until(3);
    await page.click('#break');
    await page.click('.fault button');
    expect(await page.textContent('figcaption strong')).toBe('Norms of first/kernel');
    expect(await page.locator('#panel tbody').textContent()).toContain('NaN');
    await page.check('#guard');
    await page.click('#break');
    await page.waitForFunction(() =>
      document.querySelector('#panel > div')?.shadowRoot?.textContent?.includes('Skipped steps1'),
    );
    expect(await page.locator('.fault button').count()).toBe(0);
  });
});

describe('the first screen', () => {
  it.each(['cpu', 'wasm', 'webgl', 'webgpu'])('trains thirty steps on %s', async (backend) => {
    await withPage(`?backend=${backend}`, async (page) => {
      await page.waitForFunction(() => Number(document.documentElement.dataset['step']) >= 30, undefined, {
        timeout: 240_000,
      });
      await page.click('#pause');
      const rows = await page.$$eval('#race tr', (list) =>
        list.map((row) =>
          [...row.querySelectorAll('td.number')].map((cell) => Number.parseFloat(cell.textContent!)),
        ),
      );
      expect(rows).toHaveLength(3);
      for (const [loss, accuracy, nanoseconds, kernels] of rows) {
        expect(loss).toBeLessThan(2.4);
        expect(accuracy).toBeGreaterThan(20);
        expect(nanoseconds).toBeGreaterThan(0);
        expect(kernels).toBeGreaterThan(0);
      }
      expect(rows[0]![3]).toBeLessThan(rows[1]![3]!);
    });
  });

  it.each(['en-US@posix', 'C', 'de_DE.UTF-8', ''])(
    'trains where the system calls its language %o',
    async (name) => {
      const page = await browser.newPage();
      const wrong: string[] = [];
      page.on('pageerror', ({ message }) => wrong.push(message));
      await page.addInitScript((language) => {
        Object.defineProperty(Navigator.prototype, 'language', { get: () => language });
      }, name);
      for (const path of ['?backend=cpu', 'inspector/', 'schedules/', 'speed/', 'optimizers/AdamW/']) {
        await page.goto(address + path);
        if (path.startsWith('?') || path === 'inspector/')
          await page.waitForFunction(() => Number(document.documentElement.dataset['step']) >= 3, undefined, {
            timeout: 60_000,
          });
        if (path.startsWith('?')) expect(await page.locator('#chart canvas').count()).toBe(1);
      }
      await page.close();
      expect(wrong).toEqual([]);
    },
  );

  it('loads at most 400 kB, gzipped, without the backend', async () => {
    const manifest = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')) as Record<
      string,
      { file: string }
    >;
    const ofBackends = new Set(
      Object.entries(manifest).flatMap(([name, { file }]) => (name.includes('tfjs-backend-') ? [file] : [])),
    );
    const loaded = new Set<string>();
    const page = await browser.newPage();
    page.on('response', (response) => loaded.add(new URL(response.url()).pathname.replace('/optim/', '')));
    await page.goto(address);
    await page.waitForFunction(() => Number(document.documentElement.dataset['step']) >= 3, undefined, {
      timeout: 60_000,
    });
    await page.close();
    const own = [...loaded].filter((file) => !ofBackends.has(file) && !file.endsWith('.wasm'));
    const bytes = own.reduce(
      (sum, file) => sum + gzipSync(readFileSync(join(folder, file || 'index.html'))).length,
      0,
    );
    expect(own.length).toBeGreaterThan(5);
    expect(bytes).toBeGreaterThan(200_000);
    expect(bytes).toBeLessThanOrEqual(400_000);
  });
});
