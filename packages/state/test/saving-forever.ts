// SPDX-License-Identifier: Apache-2.0
// Run as a process of its own, this saves one state after the other until it is killed.

import { pathToFileURL } from 'node:url';
import type { StateDict } from '../src/index.js';
import { saveStateFile } from '../src/node.js';

/** A state of some step with one slot of `size` numbers, all telling the step. */
export function stateOfSize(size: number, step: number): StateDict {
  const slots = { m: { shape: [size], data: new Float32Array(size).fill(step) } };
  const parameters = [{ name: 'w', shape: [size], dtype: 'float32' as const, updates: step, slots }];
  return { format: 1, optimizer: 'Heavy', step, hyperparameters: {}, globals: {}, parameters };
}

const [, script, path, ...sizes] = process.argv;
if (path !== undefined && script !== undefined && import.meta.url === pathToFileURL(script).href) {
  for (let step = 0; ; step++) {
    await saveStateFile(path, stateOfSize(Number(sizes[step % sizes.length]), step));
    if (step === 0) process.send!('saved');
  }
}
