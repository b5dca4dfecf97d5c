// SPDX-License-Identifier: Apache-2.0
// The entry for Node, where nothing is downloaded: the executors of its backends are there from the first step on.

import { cpuExecutor } from './executors/cpu/kernel.js';
import { wasmExecutor } from './executors/wasm/kernel.js';
import { registerExecutor } from './registry.js';

registerExecutor('cpu', cpuExecutor);
registerExecutor('wasm', wasmExecutor);

export * from './index.js';
