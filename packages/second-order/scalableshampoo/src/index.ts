// SPDX-License-Identifier: Apache-2.0
// Anil et al., "Scalable Second Order Optimization for Deep Learning", arXiv 2002.09018; grafting: Agarwal et al., arXiv
// 2002.11803
// Checked against google-research/precondition, distributed_shampoo.py.

import {
  choice,
  commonOptions,
  flag,
  hyper,
  integer,
  Optimizer,
  outOfRange,
  real,
  register,
  type Hyper,
  type OptimizerOptions,
  type Results,
  type Rule,
} from '@optim/core/authoring';
import { zeros } from '@optim/formulas';
import { axisSlots, identity, relativeRoots, type Axis, type PerAxis } from '@optim/kronecker';
import { reshape, where, type Expression, type Shape } from '@optim/fusion';
import {
  alongAxes,
  grams,
  inBlocks,
  ofBlocks,
  preconditioned,
  statisticsShapes,
  type Layout,
} from './blocks.js';

/** Methods whose step length is used. */
const grafts = [
  'sgd',
  'none',
  'adagrad',
  'rmsprop',
  'rmspropNormalized',
  'sqrtN',
  'adagradNormalized',
] as const;

/** Options of {@link ScalableShampoo}. */
export interface ScalableShampooOptions extends OptimizerOptions, Partial<Layout> {
  /** Step size; as for the method whose step length is used. @defaultValue `0.001` */
  learningRate?: Hyper;
  /** Decay of the momentum. @defaultValue `0.9` */
  beta1?: Hyper;
  /** Decay of the statistics; 1 sums them. @defaultValue `0.999` */
  beta2?: Hyper;
  /** The method whose step length is used. @defaultValue `'sgd'` */
  graftType?: (typeof grafts)[number];
  /** Length of the longest block of an axis; 0 cuts none. @defaultValue `128` */
  blockSize?: number;
  /** Merge small neighbouring axes before anything else. @defaultValue `true` */
  shapeInterpretation?: boolean;
  /** Length of the longest axis that merging makes. @defaultValue `4096` */
  mergeSmallDimsBlockSize?: number;
  /** Axes with a matrix: all, all but the last, or only the last. @defaultValue `'all'` */
  preconditionerType?: 'all' | 'input' | 'output';
  /** First steps by the grafted method alone. @defaultValue `5` */
  startPreconditioningStep?: number;
  /** Steps from one computation of the roots to the next. @defaultValue `1` */
  preconditioningComputeSteps?: number;
  /** Steps from one product that goes into the statistics to the next. @defaultValue `1` */
  statisticsComputeSteps?: number;
  /** Order of the roots; 0: twice the number of preconditioned axes. @defaultValue `0` */
  inverseExponentOverride?: number;
  /** Added to the diagonal of every matrix, in proportion to its largest eigenvalue. @defaultValue `1e-6` */
  matrixEpsilon?: number;
  /** Added to the root of the second moment of `'adagrad'` and `'rmsprop'`. @defaultValue `1e-10` */
  diagonalEpsilon?: number;
  /** A tensor with a longer axis is not preconditioned. @defaultValue `4096` */
  noPreconditioningForLayersWithDimGt?: number;
  /** A tensor of lower rank is not preconditioned. @defaultValue `1` */
  skipPreconditioningRankLt?: number;
  /** Nesterov's momentum. @defaultValue `true` */
  nesterov?: boolean;
  /** Momentum as a moving average; else a sum. @defaultValue `false` */
  movingAverageForMomentum?: boolean;
  /**
   * Whether the learning rate is a factor of the whole step; else of the grafted one, before momentum.
   * @defaultValue `true`
   */
  decoupledLearningRate?: boolean;
}

type Slots = 'm' | 'gm' | 'd' | PerAxis<'L'> | PerAxis<'P'>;
type Coefficients = { measures: boolean; refreshes: boolean; starts: boolean; share: number; weight: number };

/** Keeps norms of nothing from being divided by. */
const tiny = 1e-25;

/**
 * Shampoo for larger layers: small axes are merged, long ones cut into blocks, statistics decay, and the length of every step
 * is taken from ("grafted on") a simple method.
 *
 * ```text
 * L ← β₂L + (1 − β₂)·mat(g)·mat(g)ᵀ                 of each block along each axis; every statisticsComputeSteps steps
 * P = (L + ε·λmax(L)·I)^(−1/2k)                     k axes; every preconditioningComputeSteps steps
 * r = the step of the grafted method
 * u = g along every axis by P,  u ← u·‖r‖/‖u‖
 * m ← β₁m + u,  gm ← β₁gm + r
 * p ← p − learningRate·(β₁m + u)                    gm and r in the first startPreconditioningStep steps
 * ```
 *
 * Slots: `m`, `gm`, zeros, of the parameter's shape; `d`, the same, with `'adagrad'` and `'rmsprop'`; for each preconditioned
 * axis `L0`, `L1`, …, at first ε·I, and `P0`, `P1`, …, identities, `[blocks, n, n]`: blocks are of one length, the last one is
 * filled up with zeros.
 *
 * Steps are counted from 0: roots are computed in the first step. `'coupled'` weight decay is added to the step before
 * momentum, not to the gradient, as in the authors' code. A root that is not finite is not used. Roots are computed in float64
 * on the host, on webgpu by products in float32. pytorch_optimizer and Google's PyTorch file count from 1 and write Nesterov's
 * mix back into the momentum.
 *
 * **When to use:** large layers whose gradients are correlated, with a learning rate known for SGD or Adam. **When not:** for
 * small networks, where Shampoo or SOAP say it in fewer options. **Hint:** `blockSize` 32 to 64 and
 * `preconditioningComputeSteps` 10 to 100 keep the roots affordable; `matrixEpsilon` 1e-4 is more robust.
 *
 * @example
 * ```ts
 * import { ScalableShampoo } from '@optim/scalableshampoo';
 *
 * const optimizer = new ScalableShampoo({ learningRate: 0.05, blockSize: 64, preconditioningComputeSteps: 20 });
 * model.compile({ optimizer, loss: 'meanSquaredError' });
 * ```
 * @see https://arxiv.org/abs/2002.09018
 */
export class ScalableShampoo extends Optimizer<ScalableShampooOptions> {
  static readonly className: string = 'ScalableShampoo';

  static override readonly rule: Rule<ScalableShampooOptions, Slots, Coefficients> = {
    options: {
      learningRate: hyper('(0, ∞)', 1e-3, '[0, ∞)'),
      beta1: hyper('[0, 1)', 0.9),
      beta2: hyper('[0, 1]', 0.999),
      graftType: choice(grafts),
      blockSize: integer('[0, ∞)', 128),
      shapeInterpretation: flag(true),
      mergeSmallDimsBlockSize: integer('[1, ∞)', 4096),
      preconditionerType: choice(['all', 'input', 'output']),
      startPreconditioningStep: integer('[0, ∞)', 5),
      preconditioningComputeSteps: integer('[1, ∞)', 1),
      statisticsComputeSteps: integer('[1, ∞)', 1),
      inverseExponentOverride: integer('[0, ∞)', 0),
      matrixEpsilon: real('(0, ∞)', 1e-6),
      diagonalEpsilon: real('[0, ∞)', 1e-10),
      noPreconditioningForLayersWithDimGt: integer('[0, ∞)', 4096),
      skipPreconditioningRankLt: integer('[0, ∞)', 1),
      nesterov: flag(true),
      movingAverageForMomentum: flag(false),
      decoupledLearningRate: flag(true),
      ...commonOptions(0, 'coupled'),
    },
    decay: 'never',
    momentum: ['m', 'gm'],
    validate({ decoupledLearningRate, graftType }) {
      if (!decoupledLearningRate && graftType === 'none')
        throw outOfRange('ScalableShampoo', 'decoupledLearningRate', `true with graftType 'none'`, false);
    },
    slots(options) {
      const shapes = (param: Shape): (Shape | null)[] => statisticsShapes(param, options);
      const identities = (shape: Shape): Expression => identity(shape.slice(1)).broadcastTo(shape);
      return {
        m: zeros,
        gm: zeros,
        d: /adagrad|rmsprop/.test(options.graftType) && zeros,
        ...axisSlots('L', shapes, (shape) => identities(shape).mul(options.matrixEpsilon)),
        ...axisSlots('P', shapes, identities),
      };
    },
    coefficients: (t, { beta1, beta2, movingAverageForMomentum, ...options }) => ({
      measures: (t - 1) % options.statisticsComputeSteps === 0,
      refreshes: (t - 1) % options.preconditioningComputeSteps === 0,
      starts: t - 1 < options.startPreconditioningStep,
      share: beta2 === 1 ? 1 : 1 - beta2,
      weight: movingAverageForMomentum ? 1 - beta1 : 1,
    }),
    update({ param, grad, m, gm, d, ...slots }, known) {
      const { learningRate, beta1, beta2, share, weight, graftType, blockSize, weightDecay } = known;
      const decays = (mode: string): boolean => known.decays && known.weightDecayMode === mode;

      const base = graftType.endsWith('Normalized') ? grad.div(grad.norm().add(tiny)) : grad;
      let r = graftType === 'sqrtN' ? base.sign() : base;
      const kept: Results = {};
      if (d) {
        const decayed = graftType.startsWith('adagrad') ? d : d.mul(beta2);
        kept['d'] = decayed.add(base.square().mul(graftType.startsWith('adagrad') ? 1 : share));
        r = base.div(kept['d'].sqrt().add(known.diagonalEpsilon));
      }
      if (!known.decoupledLearningRate) r = r.mul(learningRate);

      const { shape, axes } = preconditioned(param.shape, known);
      let u = r;
      if (axes.length > 0) {
        const g = inBlocks(reshape(grad, shape), blockSize);
        let blocks = g;
        for (const i of axes as Axis[]) {
          const L = known.measures ? slots[`L${i}`].mul(beta2).add(grams(g, i).mul(share)) : slots[`L${i}`];
          let P = slots[`P${i}`];
          if (known.refreshes) {
            const root = relativeRoots(
              L,
              known.inverseExponentOverride || 2 * axes.length,
              known.matrixEpsilon,
            );
            P = where(root.isFinite(), root, P);
          }
          Object.assign(kept, known.measures && { [`L${i}`]: L }, known.refreshes && { [`P${i}`]: P });
          blocks = alongAxes(blocks, i, P);
        }
        u = reshape(ofBlocks(blocks, shape, blockSize), param.shape);
      }
      if (graftType !== 'none') u = u.mul(r.norm().div(u.norm().add(tiny)));
      if (decays('coupled'))
        [u, r] = [u, r].map((x) => x.add(param.mul(weightDecay))) as [Expression, Expression];

      m = m.mul(beta1).add(u.mul(weight));
      gm = gm.mul(beta1).add(r.mul(weight));
      const [s, q] = known.starts ? [gm, r] : [m, u];
      let step = known.nesterov ? s.mul(beta1).add(q.mul(weight)) : s;
      const rate = known.decoupledLearningRate ? 1 : learningRate;
      if (decays('decoupled')) step = step.add(param.mul(weightDecay).mul(rate));
      const start = decays('independent') ? param.mul(weightDecay.complement()) : param;
      const scaled = known.decoupledLearningRate ? step.mul(learningRate) : step;
      return { ...kept, m, gm, param: start.sub(scaled) };
    },
  };
}

register(ScalableShampoo);
