// SPDX-License-Identifier: Apache-2.0
// The one test configuration: every package's tests on four backends, from source, in one run.

import { fileURLToPath } from 'node:url';
import { playwright } from '@vitest/browser-playwright';
import { defaultClientConditions, defaultServerConditions } from 'vite';
import { defineConfig, type TestProjectConfiguration, type ViteUserConfig } from 'vitest/config';
import { chromiumFlags, findBrowser } from './tools/vitest/browser.js';
import { ClosingLine } from './tools/vitest/closing-line.js';

const source = '@optim/source';
const tests = 'packages/**/test/**/*.test.ts';
const nodeTests = 'packages/**/test/**/*.node.test.ts';
const backends = ['cpu', 'wasm', 'webgl', 'webgpu'] as const;

/** What is no test of a backend: among others, files named for another one, as `x.webgl.test.ts`. */
function excludedFrom(backend: (typeof backends)[number]): string[] {
  const others = backends.filter((name) => name !== backend);
  return [
    '**/node_modules/**',
    '**/dist/**',
    ...others.map((name) => `{packages,tools}/**/*.${name}.test.ts`),
  ];
}
const tfjs = ['core', 'layers', 'backend-cpu', 'backend-webgl', 'backend-webgpu'];

const shared = { setupFiles: ['./tools/vitest/setup.ts'] };

function node(backend: 'cpu' | 'wasm', include: string[], exclude: string[]): TestProjectConfiguration {
  return {
    extends: true,
    ssr: { resolve: { conditions: [source, ...defaultServerConditions] } },
    test: {
      ...shared,
      name: backend,
      environment: 'node',
      pool: 'threads',
      isolate: false,
      include,
      exclude,
      provide: { backend },
    },
  };
}

const { browser, tried } = findBrowser(fileURLToPath(new URL('node_modules/.cache/optim', import.meta.url)));
const warning =
  browser === undefined
    ? `*** No Chromium starts here: ${tried.join('; ')}\n*** SKIPPED: every webgl and webgpu test. Set CHROMIUM.`
    : '';
if (warning && process.env['CI']) throw new Error(warning);

function browsers(): TestProjectConfiguration[] {
  if (browser === undefined) return [];
  const { executablePath, env } = browser;
  return [
    {
      extends: true,
      resolve: { conditions: [source, ...defaultClientConditions] },
      optimizeDeps: { include: tfjs.map((name) => `@tensorflow/tfjs-${name}`) },
      test: {
        ...shared,
        include: [tests],
        isolate: false,
        browser: {
          enabled: true,
          headless: true,
          screenshotFailures: false,
          provider: playwright({ launchOptions: { executablePath, env, args: chromiumFlags } }),
          instances: (['webgl', 'webgpu'] as const).map((backend) => ({
            browser: 'chromium' as const,
            name: backend,
            provide: { backend },
            exclude: [...excludedFrom(backend), nodeTests],
          })),
        },
      },
    },
  ];
}

const config: ViteUserConfig = defineConfig({
  test: {
    // A test that times out goes on in the shared engine and makes the next ones fail: only what hangs may.
    // Two cores render two backends in software and run two more: what takes 15 s alone takes over a minute then.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    reporters: ['default', new ClosingLine(warning)],
    projects: [
      node('cpu', [tests, 'tools/**/*.test.ts'], excludedFrom('cpu')),
      node('wasm', [tests, 'tools/**/*.wasm.test.ts'], [...excludedFrom('wasm'), nodeTests]),
      ...browsers(),
    ],
  },
});

export default config;
