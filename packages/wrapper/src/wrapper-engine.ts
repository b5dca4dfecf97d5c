// SPDX-License-Identifier: Apache-2.0

import { Engine } from '@optim/core/engine';

/** The engine of a wrapper's own rules, which knows when one of them has changed what is kept. */
export class WrapperEngine extends Engine {
  readonly #rules: ConstructorParameters<typeof Engine>[0]['rules'];
  /** How many runs have written slots or globals; one that is undone is taken off again. */
  writes = 0;

  constructor(design: ConstructorParameters<typeof Engine>[0]) {
    super(design);
    this.#rules = design.rules;
  }

  override step(...given: Parameters<Engine['step']>): ReturnType<Engine['step']> {
    const returned = super.step(...given);
    const { slots, globals } = this.#rules[given[0]]!;
    if (slots || globals) this.writes++;
    return returned;
  }
}
