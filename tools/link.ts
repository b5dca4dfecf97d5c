// SPDX-License-Identifier: Apache-2.0

import { spawnSync } from 'node:child_process';

/**
 * Links the packages of the workspace with each other, after a package.json has changed.
 * @throws Error when that fails; the package manager has printed why
 */
export function link(root: string): void {
  const { status } = spawnSync('pnpm', ['install', '--no-frozen-lockfile', '--prefer-offline', '--silent'], {
    cwd: root,
    stdio: 'inherit',
    shell: process.platform === 'win32',
    env: { ...process.env, CI: '' },
  });
  if (status !== 0) throw new Error(`link: pnpm install ended with code ${status}`);
}
