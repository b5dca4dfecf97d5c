// SPDX-License-Identifier: Apache-2.0

import type { Zoo } from './zoo.js';

export const momentum: Zoo = {};
