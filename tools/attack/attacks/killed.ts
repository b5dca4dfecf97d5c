// SPDX-License-Identifier: Apache-2.0
// Savers that are killed at any time leave a whole file, and the next save removes what else they left.

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { loadStateFile, saveStateFile } from '@optim/core/node';
import { Wrong, type Judge } from '../judge.js';
import type { Random } from '../random.js';
import { root } from '../../workspace.js';

const script = join(root, 'packages/state/test/saving-forever.ts');
const sizes = [40_000, 60_000];

/** Kills as many savers. */
export async function attackSavers(judge: Judge, random: Random, kills: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'attack-killed-'));
  for (let i = 0; i < kills; i++) {
    const file = join(folder, `state${i}`);
    const after = random.below(60);
    const child = fork(script, [file, ...sizes.map(String)], {
      execArgv: ['--import', 'tsx', '--conditions=@optim/source'],
    });
    await once(child, 'message'); // it has saved once
    await sleep(after);
    child.kill('SIGKILL');
    await once(child, 'exit');
    await judge.judge({
      attack: 'killed savers',
      what: `after ${after} ms`,
      names: ['loadStateFile'],
      call: async () => {
        const state = await loadStateFile(file);
        const { data } = state.parameters[0]!.slots['m']!;
        if (data.length !== sizes[state.step % 2] || data.some((value) => value !== state.step))
          throw new Wrong(`a torn file of step ${state.step}`);
        await saveStateFile(file, state);
        const left = readdirSync(folder).filter((name) => !/^state\d+$/.test(name));
        if (left.length > 0) throw new Wrong(`left: ${left.join(', ')}`);
      },
    });
  }
  rmSync(folder, { recursive: true });
}
