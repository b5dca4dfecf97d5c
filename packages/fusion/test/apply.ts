// SPDX-License-Identifier: Apache-2.0

import { atan2, cbrt, exp, log, pow, where, type Expression, type OperationName } from '../src/index.js';

const functions: Partial<Record<OperationName, (...operands: Expression[]) => Expression>> = {
  atan2: (y, x) => atan2(y!, x!),
  cbrt: (x) => cbrt(x!),
  exp: (x) => exp(x!),
  log: (x) => log(x!),
  pow: (x, y) => pow(x!, y!),
  where: (condition, x, y) => where(condition!, x!, y!),
};

type Method = (this: Expression, ...operands: Expression[]) => Expression;

/** Any primitive on operands of its kinds. */
export function applied(op: OperationName, operands: readonly Expression[]): Expression {
  const [x, ...others] = operands;
  const own = functions[op];
  if (own) return own(...operands);
  return (x![op as keyof Expression] as unknown as Method).call(x!, ...others);
}
