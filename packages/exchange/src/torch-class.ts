// SPDX-License-Identifier: Apache-2.0

import type { Block } from './layout.js';
import type { Row } from './parameters.js';
import type { Field, Options } from './fields.js';

/** A parameter group as JSON, without the list of its parameters. */
export type Group = Readonly<Record<string, unknown>>;

/** A parameter group here: the group of PyTorch that it is made of, its options, and those of them that differ. */
export interface Part {
  readonly group: Group;
  readonly options: Options;
  readonly overrides: Options;
}

/** Tensors of one parameter by their keys, all in the layout of PyTorch, or by the names of slots, in that of TensorFlow.js. */
export type Blocks = Readonly<Record<string, Block>>;

/** A parameter whose slots are translated. */
export interface Translated {
  /** Begins messages. */
  readonly who: string;
  readonly row: Row;
  readonly options: Options;
  /** As the variable has it; only where slots are written. */
  readonly shape: readonly number[];
}

/** How a class here and one of PyTorch correspond. */
export interface TorchClass {
  /** Names of the classes of PyTorch whose state it takes. */
  readonly optimizers: readonly string[];
  /** Which of them it becomes; the first, unless said otherwise. */
  readonly nameOf?: (groups: readonly Group[]) => string;
  /** The fields of a group, in PyTorch's order. */
  readonly fields: readonly Field[];
  /** Options that PyTorch does not have, with the values that make both the same. */
  readonly fixed: Options;
  /** Options that matter only to a parameter without state. */
  readonly starts?: Options;
  /** Options that follow from several fields. */
  readonly derived?: (options: Options) => Options;
  /** Slots by name, each with its key in the state of PyTorch. */
  readonly slots: (options: Options) => Readonly<Record<string, string>>;
  /** Slots that are of other shapes there, and the keys that they are made of. */
  readonly made?: readonly string[];
  readonly keys?: readonly string[];
  readonly read?: (theirs: Blocks, parameter: Translated) => Blocks;
  readonly write?: (ours: Blocks, parameter: Translated) => Blocks;
  /** Keys whose tensors say nothing. */
  readonly unread?: readonly string[];
  /** Where steps are counted: `step` of each parameter, a field of the group, or nowhere. */
  readonly counts: 'state' | 'none' | { readonly group: string };
  /** Scalars of a parameter that follow from options and step. */
  readonly scalars?: (options: Options, t: number) => Readonly<Record<string, number>>;
  /** Numbers of the optimizer that groups hold: from all groups, and back for one of them (its index here). */
  readonly globals?: {
    readonly read: (who: string, groups: readonly Part[]) => Readonly<Record<string, number>>;
    readonly write: (
      globals: Readonly<Record<string, number>>,
      group: number,
      options: Options,
      t: number,
    ) => Group;
  };
}
