// SPDX-License-Identifier: Apache-2.0

import { cpuExecutor } from '../src/executors/cpu/kernel.js';
import { webAssemblySuite } from './web-assembly.js';

webAssemblySuite(cpuExecutor);
