// SPDX-License-Identifier: Apache-2.0
// `npm run consumers`: packs the packages and trains with them in every way users have. `-- NAME …` tries those with such
// a word in their names.

import { performance } from 'node:perf_hooks';
import { cases } from './cases.js';
import { wanted, type Case, type Place } from './place.js';
import { files } from './programs.js';
import { Published, Unavailable } from './project.js';
import { published as trainingPackages } from './training.js';

async function outcome(entry: Case, place: Place): Promise<string> {
  try {
    await entry.run(place);
    return 'ok';
  } catch (error) {
    const text = String(error);
    if (error instanceof Unavailable) return `not available here: ${error.message}`;
    process.exitCode = 1;
    return `failed: ${text}`;
  }
}

const words = process.argv.slice(2).map((word) => word.toLowerCase());
const chosen = cases.filter(
  ({ name }) => words.length === 0 || words.some((word) => name.toLowerCase().includes(word)),
);
if (chosen.length === 0) throw new RangeError(`consumers: no case has ${words.join(' or ')} in its name`);

const published = await Published.start([...trainingPackages, '@optim/distributed...', '@optim/sgdw...']);
try {
  const place = { published, project: published.project('project', wanted(), files) };
  for (const entry of chosen) {
    const start = performance.now();
    const text = await outcome(entry, place);
    console.log(`${entry.name}: ${text} (${((performance.now() - start) / 1000).toFixed(1)} s)`);
  }
} finally {
  await published.stop();
}
