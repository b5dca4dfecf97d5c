// SPDX-License-Identifier: Apache-2.0
// Finds a Chromium that starts on this machine: a system one, else the one inside an npm package.

import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';

export interface Browser {
  executablePath: string;
  env: Record<string, string>;
}

/** WebGL and WebGPU in software, and no traffic to anywhere but the test server. */
export const chromiumFlags: string[] = [
  '--no-sandbox',
  '--use-gl=angle',
  '--use-angle=swiftshader',
  '--enable-unsafe-swiftshader',
  '--enable-unsafe-webgpu',
  '--no-first-run',
  '--disable-quic',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Every browser worth trying, in order, with the reason the ones before it did not start. */
export function findBrowser(cache: string): { browser: Browser | undefined; tried: string[] } {
  const tried: string[] = [];
  for (const candidate of candidates(cache)) {
    try {
      const { executablePath, env } = candidate();
      // `--version` loads the shared libraries, which is what a bare machine lacks.
      execFileSync(executablePath, ['--version'], { env, stdio: 'pipe', timeout: 30_000 });
      return { browser: { executablePath, env }, tried };
    } catch (error) {
      tried.push(error instanceof Error ? error.message.trim() : String(error));
    }
  }
  return { browser: undefined, tried };
}

function* candidates(cache: string): Generator<() => Browser> {
  const env = { ...process.env } as Record<string, string>;
  const chosen = env['CHROMIUM'];
  if (chosen) {
    yield () => ({ executablePath: chosen, env });
    return;
  }
  const folders = (env['PATH'] ?? '').split(delimiter);
  const system = [
    '/usr/bin/chromium',
    ...['google-chrome', 'google-chrome-stable'].flatMap((name) =>
      folders.map((folder) => join(folder, name)),
    ),
  ];
  for (const executablePath of system.filter((path) => existsSync(path)))
    yield () => ({ executablePath, env });
  yield () => ({ executablePath: join(unpackPackaged(cache), 'chromium'), env });
  yield () => {
    const folder = unpackPackaged(cache);
    const libraries = [join(folder, 'al2023', 'lib'), env['LD_LIBRARY_PATH']].filter(Boolean).join(delimiter);
    return {
      executablePath: join(folder, 'chromium'),
      env: { ...env, LD_LIBRARY_PATH: libraries, FONTCONFIG_PATH: join(folder, 'fonts') },
    };
  };
}

/** Unpacks `@sparticuz/chromium` once; a second process doing the same at the same time is harmless. */
function unpackPackaged(cache: string): string {
  const folder = join(cache, 'chromium');
  if (existsSync(folder)) return folder;
  mkdirSync(dirname(folder), { recursive: true });
  const scratch = mkdtempSync(`${folder}-`);
  try {
    // The package unpacks into the temporary folder of its process, and its libraries only where it thinks it
    // runs on the platform it was made for: both are set for a child process instead of this one.
    const script = "await (await import('@sparticuz/chromium')).default.executablePath()";
    execFileSync(process.execPath, ['--input-type=module', '-e', script], {
      cwd: import.meta.dirname,
      env: { ...process.env, TMPDIR: scratch, AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs22.x' },
      stdio: 'pipe',
    });
    if (!existsSync(folder)) renameSync(scratch, folder);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
  return folder;
}
