// SPDX-License-Identifier: Apache-2.0
// `npm run gallery`: draws docs/schedules.svg.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../workspace.js';
import { gallery } from './gallery.js';

writeFileSync(join(root, 'docs', 'schedules.svg'), gallery());
