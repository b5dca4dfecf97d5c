// SPDX-License-Identifier: Apache-2.0

import type { ParameterGroup } from '@optim/options';
import type { StateDict } from '@optim/state';

/** What an optimizer here needs to go on. */
export interface Exchanged {
  /** Options of its class: `new AdamW(options)`. */
  readonly options: Readonly<Record<string, unknown>> & {
    /** Where parameters are in several groups. */
    readonly parameterGroups?: readonly ParameterGroup[];
  };
  /** For its `loadStateDict`; holds the options but for the groups. */
  readonly state: StateDict;
}
