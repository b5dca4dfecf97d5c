// SPDX-License-Identifier: Apache-2.0
// How the point of gradients follows the step that the base has made.

import type { Recurrence } from '@optim/core/authoring';
import { copy } from '@optim/formulas';

/** Options of {@link GPA}. */
export interface GPAOptions {
  /** μy: share of the average x in the point y at which gradients are taken. @defaultValue `0.7` */
  trainInterpolation?: number;
  /** μx: share of the old average in the new one; 0.9967 stands for DiLoCo with 32 inner steps. @defaultValue `0.9967` */
  evalInterpolation?: number;
}

/** `param` is z after the step of the base, `z` that before it, `before` is y, where the gradient was taken. */
type Interpolate = Recurrence<GPAOptions, 'z' | 'before', object, { evaluating: number }>;

/** The equations of x and y with x left out. */
export const interpolate: Interpolate = {
  slots: () => ({ z: copy }),
  globals: () => ({ evaluating: 0 }),
  update({ param, z, before }, { trainInterpolation, evalInterpolation }) {
    const kept = evalInterpolation * (1 - trainInterpolation);
    const fresh = 1 - evalInterpolation * trainInterpolation;
    return { z: param, param: before.mul(evalInterpolation).sub(z.mul(kept)).add(param.mul(fresh)) };
  },
};
