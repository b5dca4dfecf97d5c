// SPDX-License-Identifier: Apache-2.0
// What the device does: the gradient that is searched along, the penalty of a trial, and the step.

import { decayed, shrunk, type Recurrence, type Rule } from '@optim/core/authoring';
import { zeros } from '@optim/formulas';
import { constant, type Expression } from '@optim/fusion';
import { rows, type ArmijoSGDOptions } from './options.js';

type Globals = { stepSize: number; evaluations: number };
type Penalized = { readonly weightDecayMode: string; readonly weightDecay: Expression };

/** ½λ‖p‖², which a coupled decay adds to the loss. */
function penaltyOf(param: Expression, { weightDecayMode, weightDecay }: Penalized): Expression {
  return weightDecayMode === 'coupled' ? param.square().sum().mul(weightDecay.mul(0.5)) : constant(0);
}

/** The gradient u after hooks, its slope ⟨g, u⟩ (`plain` is the gradient before them), and the penalty. */
export const gradient: Rule<ArmijoSGDOptions, 'plain', object, Globals> = {
  options: rows,
  momentum: ['b'],
  returns: ['gradient', 'slope', 'penalty'],
  globals: ({ initialStep }) => ({ stepSize: initialStep, evaluations: 0 }),
  decay: (pair, known) => (known.weightDecayMode === 'coupled' ? decayed(pair, known) : pair),
  update({ param, grad, plain }, known) {
    const coupled = known.weightDecayMode === 'coupled';
    const g = coupled ? plain.add(param.mul(known.weightDecay)) : plain;
    return { gradient: grad, slope: g.mul(grad).sum(), penalty: penaltyOf(param, known) };
  },
};

/** The penalty at where the variables are. */
export const penalty: Recurrence<ArmijoSGDOptions> = {
  returns: ['penalty'],
  decay: 'never',
  update: ({ param }, known) => ({ penalty: penaltyOf(param, known) }),
};

/** Rules 6 and 7, by the step size found. */
export const move: Recurrence<ArmijoSGDOptions, 'b', object, Globals> = {
  decay: 'never',
  slots: ({ momentum }) => ({ b: momentum !== 0 && zeros }),
  update({ param, grad, b }, { momentum, stepSize, weightDecay, weightDecayMode, decays }) {
    const strength = weightDecayMode === 'decoupled' ? weightDecay.mul(stepSize) : weightDecay;
    const start = shrunk(param, decays && weightDecayMode !== 'coupled' ? strength : null);
    const step = grad.mul(stepSize);
    if (!b) return { param: start.sub(step) };
    b = b.mul(momentum).sub(step);
    return { b, param: start.add(b) };
  },
};
