// SPDX-License-Identifier: Apache-2.0
// Kumar et al., "ZClip: Adaptive Spike Mitigation for LLM Pre-Training", arXiv:2504.02507
// Checked against the authors' zclip.py.

import { choice, defineHook, flag, integer, nullable, real, type Hook } from '@optim/core/authoring';
import { ema } from '@optim/formulas';
import { constant, lengthOf, squareSums, where, type Expression } from '@optim/fusion';

/** Options of {@link zClip}. */
export interface ZClipOptions {
  /** Share α of the old mean and variance. @defaultValue `0.97` */
  alpha?: number;
  /** How many standard deviations above the mean are normal, z. @defaultValue `2.5` */
  zThreshold?: number;
  /** What an outlier is cut to. @defaultValue `'adaptive'` */
  method?: 'adaptive' | 'mean' | 'percentile';
  /** Factor on the limit of `'adaptive'`. @defaultValue `1` */
  clipFactor?: number;
  /** Largest norm in any case, or `null`. @defaultValue `1` */
  maxNorm?: number | null;
  /** Norms that are gathered before anything but `maxNorm` acts. @defaultValue `25` */
  warmupSteps?: number;
  /** Whether an outlier leaves mean and variance alone. @defaultValue `false` */
  freezeOnSpike?: boolean;
  /** Added to the standard deviation. @defaultValue `1e-6` */
  epsilon?: number;
}

/**
 * Clips the norm of all gradients together where it is an outlier among those before, in standard deviations.
 *
 * ```text
 * n = √Σg²                                 over all parameters
 * Z = (n − μ)/(√V + ε)                     an outlier where Z > z
 * L = (μ + z·√V·z/Z)·clipFactor            'adaptive'
 * L = μ                                    'mean'
 * L = μ + z·√V                             'percentile', an outlier where n > L
 * y = L of an outlier, else n
 * μ ← αμ + (1 − α)y
 * V ← αV + (1 − α)(y − μ)²                 with the new μ
 * g ← g·L/(n + 1e-6)                       where n > L = min(y, maxNorm)
 * ```
 *
 * In the first `warmupSteps` steps nothing is an outlier, and μ and V are mean and variance of the norms so far. Globals: `mean`
 * and `variance` are μ and V, `count` is the number of those norms. The statistics take y, not what `maxNorm` leaves. The
 * 1e-6 is the authors' and no option.
 *
 * A norm that is not finite stays in μ and V: put `skipNonFinite()` before it.
 *
 * **When to use:** where single batches make the loss jump. **When not:** where every step is to be clipped
 * (`clipByGlobalNorm`). **Hint:** the authors' maxNorm of 1 clips nearly every step of a small network: `null` for those.
 *
 * @example `zClip({ maxNorm: null })`
 * @throws RangeError for an alpha that is not in [0, 1), a zThreshold, clipFactor or maxNorm that is not in (0, ∞), warmupSteps
 * that are no integer from 1 on, an epsilon that is not in [0, ∞), or another method
 * @see https://arxiv.org/abs/2504.02507
 */
export const zClip: (options?: ZClipOptions) => Hook = /* #__PURE__ */ defineHook<ZClipOptions>(
  'zClip',
  {
    alpha: real('[0, 1)', 0.97),
    zThreshold: real('(0, ∞)', 2.5),
    method: choice(['adaptive', 'mean', 'percentile']),
    clipFactor: real('(0, ∞)', 1),
    maxNorm: nullable(real('(0, ∞)'), 1),
    warmupSteps: integer('[1, ∞)', 25),
    freezeOnSpike: flag(false),
    epsilon: real('[0, ∞)', 1e-6),
  },
  (options) => ({
    globals: { count: 0, mean: 0, variance: 0 },
    observe: ({ grad }) => squareSums(grad!),
    combine: ({ squares, shrunkSquares }, { count, mean, variance }) => {
      const n = lengthOf({ squares: squares!, shrunkSquares: shrunkSquares! });
      const isWarm = count!.greaterEqual(options.warmupSteps);
      const { limit, isSpike } = judged(n, mean!, variance!, options);
      const isOutlier = isWarm.and(isSpike);
      const y = where(isOutlier, limit, n);
      // Welford's mean and population variance, then moving ones.
      const k = count!.add(1);
      const first = mean!.add(n.sub(mean!).div(k));
      const firstVariance = variance!
        .mul(count!)
        .add(n.sub(mean!).mul(n.sub(first)))
        .div(k);
      const alpha = options.freezeOnSpike ? where(isOutlier, 1, options.alpha) : constant(options.alpha);
      const next = ema(mean!, y, alpha);
      const nextVariance = ema(variance!, y.sub(next).square(), alpha);
      const most = options.maxNorm === null ? y : y.minimum(options.maxNorm);
      return {
        count: count!.add(where(isWarm, 0, 1)),
        mean: where(isWarm, next, first),
        variance: where(isWarm, nextVariance, firstVariance),
        factor: where(n.greater(most), most.div(n.add(1e-6)), 1),
      };
    },
    gradient: ({ grad }, { factor }) => ({ grad: grad!.mul(factor!) }),
  }),
) as (options?: ZClipOptions) => Hook;

/** Whether a norm is an outlier, and what it is cut to if it is. */
function judged(
  n: Expression,
  mean: Expression,
  variance: Expression,
  { zThreshold, method, clipFactor, epsilon }: Required<ZClipOptions>,
): { limit: Expression; isSpike: Expression } {
  const deviation = variance.sqrt();
  const most = mean.add(deviation.mul(zThreshold));
  if (method === 'percentile') return { limit: most, isSpike: n.greater(most) };
  const Z = n.sub(mean).div(deviation.add(epsilon));
  const isSpike = Z.greater(zThreshold);
  if (method === 'mean') return { limit: mean, isSpike };
  return { limit: mean.add(deviation.mul(zThreshold ** 2).div(Z)).mul(clipFactor), isSpike };
}
