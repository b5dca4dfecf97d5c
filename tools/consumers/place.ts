// SPDX-License-Identifier: Apache-2.0
// What a case is, and what it has to work with.

import { files } from './programs.js';
import { tfjs, Unavailable, type Published } from './project.js';

/** What a user of tfjs has, and of ours an optimizer. */
export const wanted = (version?: (name: string) => string): string[] => [
  ...tfjs(version),
  '@optim/adamw',
  '@optim/core',
];

export interface Case {
  name: string;
  /** Whether it installs packages that this repository does not have. */
  installs?: true;
  run(place: Place): void | Promise<void>;
}

/** What a case has to work with. */
export interface Place {
  published: Published;
  /** A project in which {@link files} lie and {@link wanted} is installed. */
  project: string;
}

/** Installs packages from the registry of this machine into a folder beside the project. */
export function installed(
  { published }: Place,
  name: string,
  packages: readonly string[],
  programs: Readonly<Record<string, string>> = files,
): string {
  try {
    return published.project(name, packages, programs);
  } catch (error) {
    throw new Unavailable(`npm does not install ${packages.join(' ')}`, { cause: error });
  }
}
