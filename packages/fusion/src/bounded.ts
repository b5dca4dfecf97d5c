// SPDX-License-Identifier: Apache-2.0

/** A map that forgets what was not asked for the longest when there is more than it may hold. */
export class Bounded<K, V> {
  readonly #most: number;
  readonly #entries = new Map<K, V>();

  /** @param most - how many entries are kept */
  constructor(most: number) {
    this.#most = most;
  }

  /** How many entries there are. */
  get size(): number {
    return this.#entries.size;
  }

  /** The value of a key, made where there is none. */
  get(key: K, make: () => V): V {
    const entries = this.#entries;
    let value = entries.get(key);
    if (value === undefined) value = make();
    else entries.delete(key);
    entries.set(key, value);
    if (entries.size > this.#most) entries.delete(entries.keys().next().value!);
    return value;
  }
}
