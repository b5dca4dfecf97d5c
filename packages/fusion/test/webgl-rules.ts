// SPDX-License-Identifier: Apache-2.0
// Update rules in the notation of their papers, to run executors on.

import type { Expression, Rule } from '../src/index.js';

type Named = Record<string, Expression>;

/** β·x + (1−β)·y */
const ema = (x: Expression, y: Expression, beta: Expression): Expression =>
  x.mul(beta).add(y.mul(beta.neg().add(1)));

/** Numbers of step t. */
export const rates = (t: number): Record<string, number> => ({
  rate: 0.01,
  beta1: 0.9,
  beta2: 0.999,
  epsilon: 1e-8,
  decay: 0.01,
  bias1: 1 - 0.9 ** t,
  bias2: 1 - 0.999 ** t,
});

export const adabelief: Rule = (
  { param, grad, m: m0, s: s0 }: Named,
  { rate, beta1, beta2, epsilon, bias1, bias2 }: Named,
) => {
  const m = ema(m0!, grad!, beta1!);
  const s = ema(s0!, grad!.sub(m).square(), beta2!).add(epsilon!);
  const step = m.div(bias1!).div(s.div(bias2!).sqrt().add(epsilon!));
  return { param: param!.sub(step.mul(rate!)), m, s };
};

const adam = ({ grad, m: m0, s: s0 }: Named, { beta1, beta2, epsilon, bias1, bias2 }: Named): Named => {
  const m = ema(m0!, grad!, beta1!);
  const s = ema(s0!, grad!.square(), beta2!);
  return { m, s, step: m.div(bias1!).div(s.div(bias2!).sqrt().add(epsilon!)) };
};

export const adamw: Rule = (tensors: Named, scalars: Named) => {
  const { m, s, step } = adam(tensors, scalars);
  const { rate, decay } = scalars;
  const param = tensors['param']!;
  return { m: m!, s: s!, param: param.sub(param.mul(decay!).add(step!).mul(rate!)) };
};

/** Two phases: the norms of the parameter and of its step, and the step. */
export const lamb: Rule = (tensors: Named, scalars: Named) => {
  const { m, s, step } = adam(tensors, scalars);
  const param = tensors['param']!;
  const wanted = step!.add(param.mul(scalars['decay']!));
  const trust = param.norm().div(wanted.norm().add(1e-12));
  return { m: m!, s: s!, param: param.sub(wanted.mul(trust).mul(scalars['rate']!)) };
};
