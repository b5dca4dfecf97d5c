// SPDX-License-Identifier: Apache-2.0
// What the registry says, in the form in which `npm run sync` writes it.

/** An option of an optimizer, a schedule or a hook. */
export interface OptionDescription {
  readonly name: string;
  readonly meaning: string;
  /** The allowed values in words, as error messages print them: `in [0, 1)`. */
  readonly range: string;
  /** The value when it is not given; absent for an option that is required. */
  readonly default?: unknown;
  /** Whether it may be a schedule. */
  readonly schedulable: boolean;
}

/** What an optimizer, a schedule or a hook is. */
export interface Summary {
  readonly name: string;
  /** One sentence. */
  readonly summary: string;
  /** `arXiv:2010.07468`, or the address of a paper that is not on arXiv; `null` where none is named. */
  readonly paper: string | null;
  /** The package it is in. */
  readonly package: string;
  /** Licence of the package. */
  readonly licence: string;
}

/** What a step takes besides a gradient of every variable. */
export type Need = 'loss' | 'gradient' | 'closure' | 'hessian' | 'samples';

/** An optimizer or a wrapper, as {@link listOptimizers} lists it. */
export interface OptimizerSummary extends Summary {
  readonly family: string;
  /**
   * `'loss'` the value of the loss, `'gradient'` at least one gradient in every step, `'closure'` the loss itself, to evaluate
   * it again, `'hessian'` the diagonal of the Hessian, which `minimize` estimates, `'samples'` a model to draw labels from.
   */
  readonly needs: readonly Need[];
  /** Whether it goes around another optimizer. */
  readonly wraps: boolean;
  /** The authors' code, with its licence or `NONE` where none is stated; `null` where there is no such code. */
  readonly officialCode: { readonly url: string; readonly licence: string } | null;
  /** The command that gets it, where it is not in `@optim/all`; else `null`. */
  readonly install: string | null;
}

/** What {@link describeOptimizer} adds. */
export interface OptimizerDetails {
  readonly options: readonly OptionDescription[];
  /** Numbers of state that it keeps per parameter. */
  readonly stateNumbers: number;
}

/** A schedule or a hook. */
export interface Described extends Summary {
  readonly options: readonly OptionDescription[];
}
