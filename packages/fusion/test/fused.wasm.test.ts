// SPDX-License-Identifier: Apache-2.0

import { wasmExecutor } from '../src/executors/wasm/kernel.js';
import { webAssemblySuite } from './web-assembly.js';

webAssemblySuite(wasmExecutor);
