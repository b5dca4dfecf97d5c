// SPDX-License-Identifier: Apache-2.0

import { hookSuite } from './hook-suite.js';
import { nodeTable } from './node-table.js';

hookSuite(nodeTable);
