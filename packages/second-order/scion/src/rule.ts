// SPDX-License-Identifier: Apache-2.0
// Pethick et al., "Training Deep Learning Models with Norm-Constrained LMOs", arXiv:2502.07529
// Checked against LIONS-EPFL/scion. What the two classes share: all but the weight of a new gradient.

import {
  choice,
  commonOptions,
  flag,
  hyper,
  integer,
  nullable,
  outOfRange,
  shrunk,
  type Hyper,
  type OptimizerOptions,
  type Rule,
} from '@optim/core/authoring';
import { zeros } from '@optim/formulas';
import type { Expression } from '@optim/fusion';
import { furthest, normNames, normOf, type Norm, type NormName } from './norms.js';

/** Options of both classes. */
export interface SCIONOptions extends OptimizerOptions {
  /** Share γ of the way to the border of the ball; at most 1 unless `unconstrained`. @defaultValue `1e-3` */
  learningRate?: Hyper;
  /** Share of the new gradient in the average: 1 − the usual momentum. @defaultValue `0.1` */
  alpha?: Hyper;
  /** Radius ρ of the ball. @defaultValue `1` */
  radius?: Hyper;
  /**
   * The norm: `'spectral'`, `'row'`, `'column'`, `'sign'` of matrices, `'spectralConv'` of kernels, `'bias'` of vectors,
   * scalars and depthwise kernels. `'auto'`: `'spectral'`, `'spectralConv'` or `'bias'`, by rank. @defaultValue `'auto'`
   */
  norm?: NormName;
  /** Whether the ball is rescaled by the fan-in; `null`: as the norm has it, yes but for `'column'`. @defaultValue `null` */
  normalized?: boolean | null;
  /** Factor of `'spectral'` not below 1, for input layers. @defaultValue `false` */
  atLeastOne?: boolean;
  /** `'row'` and `'column'` of a tensor `[out, in]`. @defaultValue `false` */
  transposed?: boolean;
  /** Newton–Schulz steps of the spectral norms. @defaultValue `5` */
  nsSteps?: number;
  /** Whether parameters may leave the ball: without the factor 1 − γ. @defaultValue `false` */
  unconstrained?: boolean;
}

/** The norm of a variable. */
export type Traits = { chosen: Norm };

/**
 * The rule.
 *
 * @param owner - the class, as errors name it
 * @param share - the weight of a new gradient in m
 */
export function scion(
  owner: string,
  share: (alpha: Expression) => Expression | number,
): Rule<SCIONOptions, 'm', Traits> {
  const withinBall = (rate: unknown, { unconstrained }: { readonly unconstrained: boolean }): void => {
    if (!unconstrained && typeof rate === 'number' && rate > 1)
      throw outOfRange(owner, 'learningRate', 'in [0, 1] unless unconstrained', rate);
  };
  return {
    options: {
      learningRate: hyper('[0, ∞)', 1e-3),
      alpha: hyper('(0, 1]', 0.1),
      radius: hyper('(0, ∞)', 1),
      norm: choice(normNames),
      normalized: nullable(flag(true)),
      atLeastOne: flag(false),
      transposed: flag(false),
      nsSteps: integer('[1, 100]', 5),
      unconstrained: flag(false),
      ...commonOptions(),
    },
    momentum: ['m'],
    validate({ learningRate, weightDecay, unconstrained }) {
      withinBall(learningRate, { unconstrained });
      if (!unconstrained && weightDecay !== 0)
        throw outOfRange(
          owner,
          'weightDecay',
          '0 unless unconstrained, since the constrained step is a decay of learningRate',
          weightDecay,
        );
    },
    traits: (variable, { norm }) => ({ chosen: normOf(owner, variable, norm) }),
    slots: () => ({ m: zeros }),
    coefficients(_t, options) {
      withinBall(options.learningRate, options);
      return {};
    },
    update({ param, grad, m }, known) {
      const { alpha, radius, rateInForce, unconstrained } = known;
      m = m.mul(alpha.complement()).add(grad.mul(share(alpha)));
      const u = furthest(m, known.chosen, known);
      const start = unconstrained ? param : shrunk(param, rateInForce);
      return { m, start, param: start.sub(u.mul(rateInForce.mul(radius))) };
    },
  };
}
