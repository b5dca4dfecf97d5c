// SPDX-License-Identifier: Apache-2.0
// What a test makes and its file frees: `afterEach(freeOwned)`.

interface Disposable {
  dispose(): unknown;
}

const made: Disposable[] = [];

/** Has {@link freeOwned} dispose something. */
export function own<T extends Disposable>(thing: T): T {
  made.push(thing);
  return thing;
}

/** Disposes all that a test has made. */
export function freeOwned(): void {
  for (const thing of made.splice(0)) thing.dispose();
}
