// SPDX-License-Identifier: Apache-2.0

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { lacking } from '../../packages/distributed/test/broker.js';
import { root } from '../workspace.js';

const missing = lacking();

describe.skipIf(missing)(`demo --workers 3${missing ? `: SKIPPED, for want of ${missing}` : ''}`, () => {
  it('comes within half a point of one process that sees as many digits, though one worker is killed', async () => {
    const args = ['--conditions=@optim/source', '--import', 'tsx', 'tools/demo/main.ts', '--workers', '3'];
    const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: root, timeout: 280_000 });

    const number = (pattern: RegExp): number => Number(pattern.exec(stdout)?.[1]);
    const together = number(/^Together: ([\d.]+) %/m);
    const alone = number(
      /^One process alone, as many digits as all of them together, 750 steps of 64: ([\d.]+) %/m,
    );
    const one = number(/^One process alone, as many digits as each of them, steps of 21: ([\d.]+) %/m);
    expect(stdout).toMatch(/worker-3 is killed\n[^]*worker-3 comes back\n[^]*round 70 of 75: 3 of 3 workers/);
    expect(stdout).toContain('the final states of all workers are the same, bit for bit');
    expect(together).toBeGreaterThanOrEqual(alone - 0.5);
    expect(together).toBeGreaterThan(one);
    expect(alone).toBeGreaterThan(96);
  });
});
