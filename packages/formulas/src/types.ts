// SPDX-License-Identifier: Apache-2.0

import type { Expression } from '@optim/fusion';

/** New slots, by name. */
export type Results = Record<string, Expression>;

/** First value of a slot, from the parameter before its first step; `null` where its shape calls for no such slot. */
export type TracedInit = (param: Expression) => Expression | null;
