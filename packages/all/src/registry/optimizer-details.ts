// SPDX-License-Identifier: Apache-2.0
// Written by `npm run sync`: options and state of every optimizer.

import type { OptimizerDetails, OptionDescription } from '../registry-types.js';

const variant_1: OptionDescription = { name: "variant", meaning: "How squared deviations add up: evenly, weighted by k², or in an exponential average.", range: "one of 'uni', 'inc', 'exp'", default: "uni", schedulable: false };
const lips_1: OptionDescription = { name: "lips", meaning: "Estimate L of the Lipschitz constant of the gradient.", range: "in (0, ∞)", default: 10, schedulable: true };
const beta_1: OptionDescription = { name: "beta", meaning: "Weight of the adaptive part.", range: "in [0, ∞)", default: 10, schedulable: true };
const rho_1: OptionDescription = { name: "rho", meaning: "Decay ρ of the exponential average.", range: "in [0, 1)", default: 0.5, schedulable: true };
const scaling_1: OptionDescription = { name: "scaling", meaning: "`'elementwise'` is the paper's; `'tensor'`: one h for a whole tensor.", range: "one of 'elementwise', 'tensor'", default: "elementwise", schedulable: false };
const weightDecay_1: OptionDescription = { name: "weightDecay", meaning: "Strength λ of the weight decay.", range: "in [0, ∞)", default: 0, schedulable: true };
const weightDecayMode_1: OptionDescription = { name: "weightDecayMode", meaning: "`'coupled'`: g ← g + weightDecay·p; `'independent'`: p ← p·(1 − weightDecay), which leaves x alone.", range: "one of 'coupled', 'independent'", default: "coupled", schedulable: false };
const parameterGroups_1: OptionDescription = { name: "parameterGroups", meaning: "Other hyper-parameters for some of the variables: `[{ match: /bias/, weightDecay: 0 }]`.", range: "an array of { match, … }", default: [], schedulable: false };
const transforms_1: OptionDescription = { name: "transforms", meaning: "Hooks on gradients and updates, in the order given.", range: "an array of hooks", default: [], schedulable: false };
const learningRate_1: OptionDescription = { name: "learningRate", meaning: "Step size: a number, or a schedule of the number of steps done.", range: "in [0, ∞)", default: 0.001, schedulable: true };
const kappa_1: OptionDescription = { name: "kappa", meaning: "κ: ratio of the long step to the short one.", range: "in (0, ∞)", default: 1000, schedulable: true };
const xi_1: OptionDescription = { name: "xi", meaning: "ξ: statistical advantage, between 1 and √κ.", range: "in (0, ∞)", default: 10, schedulable: true };
const constant_1: OptionDescription = { name: "constant", meaning: "c: a constant below 1; c²ξ must not exceed κ.", range: "in (0, 1]", default: 0.7, schedulable: true };
const weightDecayMode_2: OptionDescription = { name: "weightDecayMode", meaning: "Where the decay acts, before the update: `'decoupled'` p ← p·(1 − learningRate·λ), `'coupled'` g ← g + λ·p, `'independent'` p ← p·(1 − λ), `'corrected'` p ← p·(1 − λ·learningRate²/maxLearningRate).", range: "one of 'decoupled', 'coupled', 'independent', 'corrected'", default: "coupled", schedulable: false };
const maxLearningRate_1: OptionDescription = { name: "maxLearningRate", meaning: "Largest learning rate, for `'corrected'` alone; it stays when the rate is set. `null`: the rate, or the peak of its schedule, when the optimizer is made.", range: "in (0, ∞), or null", default: null, schedulable: false };
const beta1_1: OptionDescription = { name: "beta1", meaning: "Decay of the first moment.", range: "in [0, 1)", default: 0.9, schedulable: true };
const beta2_1: OptionDescription = { name: "beta2", meaning: "Decay of the second moment.", range: "in [0, 1)", default: 0.999, schedulable: true };
const epsilon_1: OptionDescription = { name: "epsilon", meaning: "Added to s in every step but the first, where it stays, and to its root.", range: "in (0, ∞)", default: 1e-8, schedulable: true };
const momentumUpdate_1: OptionDescription = { name: "momentumUpdate", meaning: "Step along the corrected average in place of the gradient.", range: "true or false", default: false, schedulable: false };
const amsgrad_1: OptionDescription = { name: "amsgrad", meaning: "Use the largest s so far.", range: "true or false", default: false, schedulable: false };
const rectify_1: OptionDescription = { name: "rectify", meaning: "Variance rectification as in RAdam.", range: "true or false", default: false, schedulable: false };
const degeneratedToSgd_1: OptionDescription = { name: "degeneratedToSgd", meaning: "With `rectify`, below the threshold: a momentum step without denominator (`false`: no step).", range: "true or false", default: true, schedulable: false };
const weightDecayMode_3: OptionDescription = { name: "weightDecayMode", meaning: "Where the decay acts, before the update: `'decoupled'` p ← p·(1 − learningRate·λ), `'coupled'` g ← g + λ·p, `'independent'` p ← p·(1 − λ), `'corrected'` p ← p·(1 − λ·learningRate²/maxLearningRate).", range: "one of 'decoupled', 'coupled', 'independent', 'corrected'", default: "decoupled", schedulable: false };
const epsilon_2: OptionDescription = { name: "epsilon", meaning: "Added to s in every step, where it stays, and to its root.", range: "in [0, ∞)", default: 1e-16, schedulable: true };
const rectify_2: OptionDescription = { name: "rectify", meaning: "Variance rectification as in RAdam.", range: "true or false", default: true, schedulable: false };
const nSmaThreshold_1: OptionDescription = { name: "nSmaThreshold", meaning: "The rectified step is taken from this length ρ of the moving average on.", range: "in [4, ∞)", default: 5, schedulable: false };
const degeneratedToSgd_2: OptionDescription = { name: "degeneratedToSgd", meaning: "Below the threshold: a momentum step without denominator (`false`: no step).", range: "true or false", default: true, schedulable: false };
const adamD_1: OptionDescription = { name: "adamD", meaning: "Do not divide the step by 1 − β₁ᵗ.", range: "true or false", default: false, schedulable: false };
const adanorm_1: OptionDescription = { name: "adanorm", meaning: "AdaNorm: e ← r·e + (1 − r)·‖g‖ of the tensor, then g·e/‖g‖ in place of g where e > ‖g‖ > 0.", range: "true or false", default: false, schedulable: false };
const adanormR_1: OptionDescription = { name: "adanormR", meaning: "Decay r of that average.", range: "in [0, 1)", default: 0.95, schedulable: true };
const finalLearningRate_1: OptionDescription = { name: "finalLearningRate", meaning: "The rate both bounds converge to: a learning rate of SGD.", range: "in [0, ∞)", default: 0.1, schedulable: true };
const initialLearningRate_1: OptionDescription = { name: "initialLearningRate", meaning: "L₀, the learning rate that `finalLearningRate` belongs to; `null`: that at construction, of a group with a rate of its own the first value of that.", range: "in (0, ∞), or null", default: null, schedulable: false };
const gamma_1: OptionDescription = { name: "gamma", meaning: "How fast the bounds converge, per step.", range: "in (0, 1)", default: 0.001, schedulable: true };
const epsilon_3: OptionDescription = { name: "epsilon", meaning: "Added to √v, before any correction.", range: "in [0, ∞)", default: 1e-8, schedulable: true };
const amsgrad_2: OptionDescription = { name: "amsgrad", meaning: "AMSBound: use the largest second moment so far.", range: "true or false", default: false, schedulable: false };
const learningRate_2: OptionDescription = { name: "learningRate", meaning: "Factor on the step; 1 is the paper's method.", range: "in [0, ∞)", default: 1, schedulable: true };
const rho_2: OptionDescription = { name: "rho", meaning: "Decay ρ of both averages.", range: "in [0, 1)", default: 0.9, schedulable: true };
const epsilon_4: OptionDescription = { name: "epsilon", meaning: "Added under both roots; sets the length of the first steps.", range: "in (0, ∞)", default: 0.000001, schedulable: true };
const learningRate_3: OptionDescription = { name: "learningRate", meaning: "Step size; `null`: the relative step.", range: "in (0, ∞), or null", default: null, schedulable: true };
const relativeStep_1: OptionDescription = { name: "relativeStep", meaning: "Use the relative step min(1e-2, 1/√t); `null`: when there is no learningRate.", range: "true or false, or null", default: null, schedulable: false };
const warmupInit_1: OptionDescription = { name: "warmupInit", meaning: "The relative step starts at 1e-6·t instead of 1e-2.", range: "true or false", default: false, schedulable: false };
const scaleParameter_1: OptionDescription = { name: "scaleParameter", meaning: "Multiply the step by the RMS of the parameter.", range: "true or false", default: true, schedulable: false };
const beta1_2: OptionDescription = { name: "beta1", meaning: "Decay of the average of the scaled update; `null`: none.", range: "in [0, 1), or null", default: null, schedulable: true };
const beta2_2: OptionDescription = { name: "beta2", meaning: "Upper bound of the decay β; `null`: none.", range: "in (0, 1), or null", default: null, schedulable: true };
const decayRate_1: OptionDescription = { name: "decayRate", meaning: "Exponent of the decay schedule β = 1 − t^(−decayRate).", range: "in (0, 1]", default: 0.8, schedulable: true };
const clipThreshold_1: OptionDescription = { name: "clipThreshold", meaning: "The RMS of the update is clipped to this; `null`: off.", range: "in (0, ∞), or null", default: 1, schedulable: true };
const factored_1: OptionDescription = { name: "factored", meaning: "`false`: a full second moment everywhere.", range: "true or false", default: true, schedulable: false };
const minDimSizeToFactor_1: OptionDescription = { name: "minDimSizeToFactor", meaning: "Factor only where the second largest axis is at least this long.", range: "an integer in [1, ∞)", default: 128, schedulable: false };
const epsilon1_1: OptionDescription = { name: "epsilon1", meaning: "Added to g².", range: "in [0, ∞)", default: 1e-30, schedulable: true };
const epsilon2_1: OptionDescription = { name: "epsilon2", meaning: "Lower bound of the RMS of the parameter.", range: "in (0, ∞)", default: 0.001, schedulable: true };
const weightDecayMode_4: OptionDescription = { name: "weightDecayMode", meaning: "`'decoupled'`: by the scaled step, p ← p − α·weightDecay·p; the others as everywhere.", range: "one of 'decoupled', 'coupled', 'independent', 'corrected'", default: "decoupled", schedulable: false };
const learningRate_4: OptionDescription = { name: "learningRate", meaning: "Step size: a number, or a schedule of the number of steps done.", range: "in [0, ∞)", default: 0.01, schedulable: true };
const learningRateDecay_1: OptionDescription = { name: "learningRateDecay", meaning: "Divides the rate by 1 + (t − 1)·learningRateDecay.", range: "in [0, ∞)", default: 0, schedulable: true };
const initialAccumulator_1: OptionDescription = { name: "initialAccumulator", meaning: "First value of s; 0.1 in Keras, optax and `tf.train`.", range: "in [0, ∞)", default: 0, schedulable: false };
const epsilon_5: OptionDescription = { name: "epsilon", meaning: "Keeps the denominator from 0.", range: "in [0, ∞)", default: 1e-10, schedulable: true };
const epsilonPosition_1: OptionDescription = { name: "epsilonPosition", meaning: "Added to the root (`'outside'`, PyTorch), or under it (Keras, optax, `tf.train`).", range: "one of 'outside', 'inside'", default: "outside", schedulable: false };
const learningRate_5: OptionDescription = { name: "learningRate", meaning: "Step size: a number, or a schedule of the number of steps done.", range: "in (0, ∞)", default: 0.15, schedulable: true };
const beta2_3: OptionDescription = { name: "beta2", meaning: "Decay of the squared curvature's average.", range: "in [0, 1)", default: 0.999, schedulable: true };
const epsilon_6: OptionDescription = { name: "epsilon", meaning: "Added to the denominator, after the power. Where curvature vanishes it is all that holds the step.", range: "in [0, ∞)", default: 0.0001, schedulable: true };
const hessianPower_1: OptionDescription = { name: "hessianPower", meaning: "Exponent k of the denominator: 0 is momentum alone, 1 close to Newton's step.", range: "in [0, 1]", default: 1, schedulable: true };
const spatialAverageBlockSize_1: OptionDescription = { name: "spatialAverageBlockSize", meaning: "Blocks over which |h| is averaged, for tensors of rank 1, 2, 3 and 4: 0 for none, −1 for the natural block (inputs of a dense kernel, places of a convolution), n for runs of n elements, output unit first.", range: "one to 64 numbers, each an integer in [-1, ∞)", default: [0, 0, -1, -1], schedulable: false };
const updatePeriod_1: OptionDescription = { name: "updatePeriod", meaning: "Steps from one estimate to the next; the first step has one.", range: "an integer in [1, ∞)", default: 1, schedulable: false };
const numSamples_1: OptionDescription = { name: "numSamples", meaning: "Probes of which an estimate is the mean.", range: "an integer in [1, 1000]", default: 1, schedulable: false };
const hessianDistribution_1: OptionDescription = { name: "hessianDistribution", meaning: "Distribution of the elements of a probe.", range: "one of 'rademacher', 'gaussian'", default: "rademacher", schedulable: false };
const seed_1: OptionDescription = { name: "seed", meaning: "Seed of the probes; with the count of steps it settles them.", range: "an integer in [0, 9007199254740991]", default: 0, schedulable: false };
const beta0_1: OptionDescription = { name: "beta0", meaning: "Scale of 1 − momentum.", range: "in [0, ∞)", default: 0.1, schedulable: true };
const beta2_4: OptionDescription = { name: "beta2", meaning: "Decay of the second moment.", range: "in [0, 1)", default: 0.99, schedulable: true };
const epsilon_7: OptionDescription = { name: "epsilon", meaning: "The momentum is at most 1 − ε.", range: "in [0, 1)", default: 0.001, schedulable: true };
const stableWeightDecay_1: OptionDescription = { name: "stableWeightDecay", meaning: "The authors' AdaiW: plain decoupled decay, whatever the mode says. Not the hook `stableWeightDecay`.", range: "true or false", default: false, schedulable: false };
const dampening_1: OptionDescription = { name: "dampening", meaning: "Below 1: AdaiV2, adaptive moments in addition.", range: "in [0, 1]", default: 1, schedulable: true };
const epsilon_8: OptionDescription = { name: "epsilon", meaning: "Added to the root of the corrected second moment.", range: "in [0, ∞)", default: 1e-8, schedulable: true };
const amsgrad_3: OptionDescription = { name: "amsgrad", meaning: "Use the largest second moment so far.", range: "true or false", default: false, schedulable: false };
const adamD_2: OptionDescription = { name: "adamD", meaning: "Correct the bias of the second moment alone.", range: "true or false", default: false, schedulable: false };
const nesterov_1: OptionDescription = { name: "nesterov", meaning: "Look ahead along the first moment (NAdamW).", range: "true or false", default: false, schedulable: false };
const a_1: OptionDescription = { name: "a", meaning: "Factor on the angle; 1.27 ≈ 4/π makes a step of full certainty as long as the learning rate.", range: "in (0, ∞)", default: 1.27, schedulable: true };
const b_1: OptionDescription = { name: "b", meaning: "Factor on the root of the second moment: large is Adam divided by b, small is sign descent.", range: "in (0, ∞)", default: 1, schedulable: true };
const learningRate_6: OptionDescription = { name: "learningRate", meaning: "Step size: a number, or a schedule of the number of steps done.", range: "in [0, ∞)", default: 0.002, schedulable: true };
const beta2_5: OptionDescription = { name: "beta2", meaning: "Decay of the maximum.", range: "in [0, 1)", default: 0.999, schedulable: true };
const epsilon_9: OptionDescription = { name: "epsilon", meaning: "Added to |g|, inside the maximum.", range: "in [0, ∞)", default: 1e-8, schedulable: true };
const unitAxis_1: OptionDescription = { name: "unitAxis", meaning: "The axis that numbers the units of a tensor of rank 2 or more; `'first'` for embeddings.", range: "one of 'last', 'first'", default: "last", schedulable: false };
const blocks_1: OptionDescription = { name: "blocks", meaning: "How many blocks of consecutive units have a moment: `null`: one each, 1: the tensor has one.", range: "an integer in [1, ∞), or null", default: null, schedulable: false };
const vectors_1: OptionDescription = { name: "vectors", meaning: "What has a moment in a tensor of rank 0 or 1: itself, or each element.", range: "one of 'tensor', 'element'", default: "tensor", schedulable: false };
const beta3_1: OptionDescription = { name: "beta3", meaning: "Decay of the average of learning rates; 0 is Adam.", range: "in [0, 1)", default: 0.999, schedulable: true };
const epsilon_10: OptionDescription = { name: "epsilon", meaning: "Added to the denominator and to norms; lower bound of norms in the cosine.", range: "in [0, ∞)", default: 1e-8, schedulable: true };
const delta_1: OptionDescription = { name: "delta", meaning: "Threshold of the scale-invariance test.", range: "in [0, ∞)", default: 0.1, schedulable: true };
const wdRatio_1: OptionDescription = { name: "wdRatio", meaning: "Factor on the decay of tensors that are projected.", range: "in [0, 1]", default: 0.1, schedulable: true };
const nesterov_2: OptionDescription = { name: "nesterov", meaning: "Nesterov form of the first moment.", range: "true or false", default: false, schedulable: false };
const epsilon_11: OptionDescription = { name: "epsilon", meaning: "Added to the root of the corrected second moment; Q has none.", range: "in [0, ∞)", default: 1e-8, schedulable: true };
const amsgrad_4: OptionDescription = { name: "amsgrad", meaning: "Use the largest second moment so far, in Q too.", range: "true or false", default: false, schedulable: false };
const weightDecay_2: OptionDescription = { name: "weightDecay", meaning: "Strength λ of the stable weight decay.", range: "in [0, ∞)", default: 0.0001, schedulable: true };
const learningRate_7: OptionDescription = { name: "learningRate", meaning: "Step size of the matrices, at the scale of AdamW.", range: "in (0, ∞)", default: 0.001, schedulable: true };
const momentum_1: OptionDescription = { name: "momentum", meaning: "Decay μ of the momentum.", range: "in [0, 1)", default: 0.95, schedulable: true };
const nesterov_3: OptionDescription = { name: "nesterov", meaning: "Nesterov's momentum.", range: "true or false", default: true, schedulable: false };
const nsSteps_1: OptionDescription = { name: "nsSteps", meaning: "Newton–Schulz steps.", range: "an integer in [1, 100]", default: 5, schedulable: false };
const coefficients_1: OptionDescription = { name: "coefficients", meaning: "Their coefficients a, b, c: by name, `'original'` (3.4445, −4.775, 2.0315), `'quintic'` or `'polarExpress'` (numbers: `newtonSchulzPresets` of `@optim/linalg`); three for all steps; or a list of three for each, the last of which serves all further steps.", range: "three numbers, a list of such, or a name of them", default: "original", schedulable: false };
const epsilon_12: OptionDescription = { name: "epsilon", meaning: "Added to the norm of the matrix.", range: "in [0, ∞)", default: 1e-7, schedulable: false };
const useMuon_1: OptionDescription = { name: "useMuon", meaning: "Which variables are matrices, by name and shape; the others are AdamW's. `null`: those of rank 2 and more. It cannot be saved.", range: "a function of name and shape, or null", default: null, schedulable: false };
const adamwLearningRate_1: OptionDescription = { name: "adamwLearningRate", meaning: "Step size of the other variables.", range: "in (0, ∞)", default: 0.0003, schedulable: true };
const adamwBeta1_1: OptionDescription = { name: "adamwBeta1", meaning: "Decay of their first moment.", range: "in [0, 1)", default: 0.9, schedulable: true };
const adamwBeta2_1: OptionDescription = { name: "adamwBeta2", meaning: "Decay of their second moment.", range: "in [0, 1)", default: 0.95, schedulable: true };
const adamwEpsilon_1: OptionDescription = { name: "adamwEpsilon", meaning: "Added to √v̂.", range: "in [0, ∞)", default: 1e-10, schedulable: true };
const adamwWeightDecay_1: OptionDescription = { name: "adamwWeightDecay", meaning: "Strength of their weight decay, in the mode of the matrices, but decoupled where that is `'corrected'`.", range: "in [0, ∞)", default: 0, schedulable: true };
const beta2_6: OptionDescription = { name: "beta2", meaning: "Decay of the second moment.", range: "in [0, 1)", default: 0.95, schedulable: true };
const signFirst_1: OptionDescription = { name: "signFirst", meaning: "Orthogonalize the signs of u in place of u.", range: "true or false", default: true, schedulable: false };
const normEpsilon_1: OptionDescription = { name: "normEpsilon", meaning: "Added to √v and to the norm of H.", range: "in (0, ∞)", default: 1e-8, schedulable: false };
const adjustLearningRate_1: OptionDescription = { name: "adjustLearningRate", meaning: "Length of the step: `'matchRmsAdamW'` a root mean square of 0.2, with which a learning rate of AdamW fits; the others correct the bias of v and leave the length, `'rmsToRms'` times √(out/in).", range: "one of 'matchRmsAdamW', 'rmsToRms', 'none'", default: "matchRmsAdamW", schedulable: false };
const weightDecay_3: OptionDescription = { name: "weightDecay", meaning: "Strength λ of the weight decay.", range: "in [0, ∞)", default: 0.01, schedulable: true };
const beta1_3: OptionDescription = { name: "beta1", meaning: "Decay of the first moment.", range: "in [0, 1)", default: 0.98, schedulable: true };
const beta2_7: OptionDescription = { name: "beta2", meaning: "Decay of the average difference, and its weight in the step.", range: "in [0, 1)", default: 0.92, schedulable: true };
const beta3_2: OptionDescription = { name: "beta3", meaning: "Decay of the second moment.", range: "in [0, 1)", default: 0.99, schedulable: true };
const maxGradNorm_1: OptionDescription = { name: "maxGradNorm", meaning: "Clip the global norm of the gradients to this first; 0 is off.", range: "in [0, ∞)", default: 0, schedulable: true };
const weightDecayMode_5: OptionDescription = { name: "weightDecayMode", meaning: "`'proximal'` is the paper's: p ← p/(1 + learningRate·λ) after the step. The others act before it.", range: "one of 'proximal', 'decoupled', 'independent', 'corrected'", default: "proximal", schedulable: false };
const epsilon_13: OptionDescription = { name: "epsilon", meaning: "Added to v in every step, where it stays, and to its root.", range: "in [0, ∞)", default: 1e-8, schedulable: true };
const r_1: OptionDescription = { name: "r", meaning: "Decay of the average norm of the gradient; γ in the paper.", range: "in [0, 1)", default: 0.95, schedulable: true };
const amsgrad_5: OptionDescription = { name: "amsgrad", meaning: "Use the largest v so far.", range: "true or false", default: false, schedulable: false };
const beta1_4: OptionDescription = { name: "beta1", meaning: "Decay of the first moments: by β₁² in every second step.", range: "in [0, 1)", default: 0.9, schedulable: true };
const beta3_3: OptionDescription = { name: "beta3", meaning: "Weight of the negative moment; β₀ in the paper.", range: "in [0, 1]", default: 1, schedulable: true };
const amsgrad_6: OptionDescription = { name: "amsgrad", meaning: "Use the largest second moment so far.", range: "true or false", default: true, schedulable: false };
const beta1_5: OptionDescription = { name: "beta1", meaning: "Ratio of the weights of one gradient and the next in the window; no schedule.", range: "in [0, 1)", default: 0.9, schedulable: false };
const epsilon_14: OptionDescription = { name: "epsilon", meaning: "Added to the root of the corrected second moment.", range: "in [0, ∞)", default: 1e-10, schedulable: true };
const keepNum_1: OptionDescription = { name: "keepNum", meaning: "K, the number of gradients in the window, and the delay of the second moment.", range: "an integer in [1, 1000]", default: 10, schedulable: false };
const reduceFunc_1: OptionDescription = { name: "reduceFunc", meaning: "φ, which makes one number of a tensor's h²; `'none'` leaves it as it is.", range: "one of 'max', 'mean', 'none'", default: "max", schedulable: false };
const beta1_6: OptionDescription = { name: "beta1", meaning: "Decay of the shortest window, for elements that move steadily in one direction.", range: "in [0, 1)", default: 0.5, schedulable: true };
const beta2_8: OptionDescription = { name: "beta2", meaning: "Decay of the longest window, for elements that zigzag; not below beta1.", range: "in [0, 1)", default: 0.99, schedulable: true };
const epsilon_15: OptionDescription = { name: "epsilon", meaning: "Added under the root.", range: "in (0, ∞)", default: 0.000001, schedulable: true };
const window_1: OptionDescription = { name: "window", meaning: "Steps after which the ratio starts anew; 0: never. The paper's is an epoch.", range: "an integer in [0, ∞)", default: 0, schedulable: false };
const beta1_7: OptionDescription = { name: "beta1", meaning: "Decay of the fast average; 0: no slot for it.", range: "in [0, 1)", default: 0.9, schedulable: true };
const beta3_4: OptionDescription = { name: "beta3", meaning: "Decay of the slow average.", range: "in [0, 1)", default: 0.9999, schedulable: true };
const alpha_1: OptionDescription = { name: "alpha", meaning: "Weight of the slow average.", range: "in [0, ∞)", default: 5, schedulable: true };
const alphaWarmup_1: OptionDescription = { name: "alphaWarmup", meaning: "Steps over which alpha rises from 0; `null`: none.", range: "an integer in [1, ∞), or null", default: null, schedulable: false };
const beta3Warmup_1: OptionDescription = { name: "beta3Warmup", meaning: "Steps over which the slow decay rises from β₁ to β₃; `null`: none.", range: "an integer in [1, ∞), or null", default: null, schedulable: false };
const beta2_9: OptionDescription = { name: "beta2", meaning: "Decay of the second moment.", range: "in [0, 1)", default: 0.9999, schedulable: true };
const epsilon_16: OptionDescription = { name: "epsilon", meaning: "Smallest denominator.", range: "in (0, ∞)", default: 0.000001, schedulable: true };
const clipExponent_1: OptionDescription = { name: "clipExponent", meaning: "The normalized gradient is clipped to ±(t − 1) to this power; `null`: not at all.", range: "in [0, ∞), or null", default: 0.25, schedulable: true };
const nesterov_4: OptionDescription = { name: "nesterov", meaning: "Look ahead along the momentum.", range: "true or false", default: false, schedulable: false };
const learningRate_8: OptionDescription = { name: "learningRate", meaning: "Step size: a number, or a schedule of the number of steps done.", range: "in [0, ∞)", default: 0.1, schedulable: true };
const betas_1: OptionDescription = { name: "betas", meaning: "Damping of each velocity.", range: "one to 64 numbers, each in [0, 1)", default: [0, 0.9, 0.99], schedulable: false };
const maxLearningRate_2: OptionDescription = { name: "maxLearningRate", meaning: "Cap of the step size; `null`: none.", range: "in (0, ∞), or null", default: null, schedulable: true };
const momentum_2: OptionDescription = { name: "momentum", meaning: "Momentum μ.", range: "in [0, 1)", default: 0, schedulable: true };
const adjustedMomentum_1: OptionDescription = { name: "adjustedMomentum", meaning: "Keep the step size out of the velocity.", range: "true or false", default: false, schedulable: false };
const epsilon_17: OptionDescription = { name: "epsilon", meaning: "Added to the squared norm of the gradients.", range: "in [0, ∞)", default: 0.00001, schedulable: true };
const maxNorm_1: OptionDescription = { name: "maxNorm", meaning: "Radius of the ball all parameters together are kept in; `null`: none.", range: "in (0, ∞), or null", default: null, schedulable: false };
const projection_1: OptionDescription = { name: "projection", meaning: "Any other projection: changes the variables in place after a step. It cannot be saved.", range: "a function of the variables, or null", default: null, schedulable: false };
const weightDecayMode_6: OptionDescription = { name: "weightDecayMode", meaning: "`'decoupled'`: p ← p·(1 − γ·weightDecay); the others as everywhere.", range: "one of 'decoupled', 'coupled', 'independent'", default: "decoupled", schedulable: false };
const learningRate_9: OptionDescription = { name: "learningRate", meaning: "Step size ξ, relative to the scale; about 1/√(batches per epoch).", range: "in (0, ∞)", default: 0.001, schedulable: true };
const beta_2: OptionDescription = { name: "beta", meaning: "Decay of the second moment; 1 − beta about as large as the learning rate.", range: "in [0, 1)", default: 0.999, schedulable: true };
const scale_1: OptionDescription = { name: "scale", meaning: "Expected size η of the trained weights; `null`: 0.5 for ranks 0 and 1, else √(2/fanIn), fanIn being the product of all axes but the last. A record must have every variable; a function cannot be saved.", range: "in (0, ∞), a record of such numbers by variable name, a function, or null", default: null, schedulable: false };
const reduction_1: OptionDescription = { name: "reduction", meaning: "`'none'`: v and b have the shape of the parameter; `'unit'`: one number per output unit (last axis), one for ranks 0 and 1; `'tensor'`: one number. A function gives the shape with some axes 1, or `[]`; it cannot be saved.", range: "one of 'none', 'unit', 'tensor', or a function", default: "none", schedulable: false };
const momentum_3: OptionDescription = { name: "momentum", meaning: "Decay μ of the average of the updates; 0: none.", range: "in [0, 1)", default: 0, schedulable: true };
const clipValue_1: OptionDescription = { name: "clipValue", meaning: "Every element of the gradient is clipped to ±clipValue; `null`: off.", range: "in (0, ∞), or null", default: null, schedulable: true };
const cCoef_1: OptionDescription = { name: "cCoef", meaning: "How fast the weight decay fades.", range: "in [0, ∞)", default: 0.25, schedulable: true };
const dCoef_1: OptionDescription = { name: "dCoef", meaning: "How fast the learning rate decays.", range: "in [0, ∞)", default: 0.25, schedulable: true };
const extraL2_1: OptionDescription = { name: "extraL2", meaning: "Decay in addition.", range: "in [0, ∞)", default: 0, schedulable: true };
const epsilon_18: OptionDescription = { name: "epsilon", meaning: "Lower bound of v, 2⁻¹²⁵.", range: "in (0, ∞)", default: 2.350988701644575e-38, schedulable: true };
const learningRate_10: OptionDescription = { name: "learningRate", meaning: "Step size after the warm-up.", range: "in (0, ∞)", default: 0.01, schedulable: true };
const warmupSteps_1: OptionDescription = { name: "warmupSteps", meaning: "Steps over which the rate rises linearly from initLr; 0: none.", range: "an integer in [0, ∞)", default: 500, schedulable: false };
const initLr_1: OptionDescription = { name: "initLr", meaning: "Rate of the first step; `null`: a thousandth of learningRate.", range: "in [0, ∞), or null", default: null, schedulable: false };
const beta_3: OptionDescription = { name: "beta", meaning: "Decay of the average of the gradients.", range: "in [0, 1)", default: 0.9, schedulable: true };
const epsilon_19: OptionDescription = { name: "epsilon", meaning: "Added to ‖d‖₄, divided by r = 0.01 with `'constant'`; with `'belief'` to the curvature too.", range: "in (0, ∞)", default: 0.0001, schedulable: true };
const rebound_1: OptionDescription = { name: "rebound", meaning: "Lower bound r of the curvature: 0.01, or the largest change of the gradient.", range: "one of 'constant', 'belief'", default: "constant", schedulable: false };
const weightDecayType_1: OptionDescription = { name: "weightDecayType", meaning: "`'l2'`: g ← g + weightDecay·p; `'decoupled'`: d ← d + weightDecay·p; `'stable'`: the same, divided by the mean of D; `null`: `'l2'` with rebound `'constant'`, `'decoupled'` with `'belief'`.", range: "one of 'l2', 'decoupled', 'stable', or null", default: null, schedulable: false };
const maxLearningRate_3: OptionDescription = { name: "maxLearningRate", meaning: "Largest step size tried.", range: "in (0, ∞)", default: 1, schedulable: false };
const initialStep_1: OptionDescription = { name: "initialStep", meaning: "The step size that the first call begins from.", range: "in (0, ∞)", default: 1, schedulable: false };
const c_1: OptionDescription = { name: "c", meaning: "Share of the predicted decrease that is asked for; 0.5 for convex problems.", range: "in (0, 1)", default: 0.1, schedulable: false };
const beta_4: OptionDescription = { name: "beta", meaning: "Factor of the step size after a trial that failed.", range: "in (0, 1)", default: 0.9, schedulable: false };
const reset_1: OptionDescription = { name: "reset", meaning: "Where a call begins: at the last step size grown, at the largest, or at the last.", range: "one of 'growth', 'max', 'keep'", default: "growth", schedulable: false };
const growth_1: OptionDescription = { name: "growth", meaning: "By how much the step size grows in an epoch, a factor.", range: "in [1, ∞)", default: 2, schedulable: false };
const stepsPerEpoch_1: OptionDescription = { name: "stepsPerEpoch", meaning: "Steps of an epoch, for `growth`.", range: "an integer in [1, ∞)", default: 500, schedulable: false };
const maxBacktracks_1: OptionDescription = { name: "maxBacktracks", meaning: "How often a call may shrink the step size.", range: "an integer in [0, ∞)", default: 100, schedulable: false };
const momentum_4: OptionDescription = { name: "momentum", meaning: "Heavy ball μ, added after the search; 0: no slot for it.", range: "in [0, 1)", default: 0, schedulable: true };
const trials_1: OptionDescription = { name: "trials", meaning: "Make so many trials, always, and choose on the device; `null`: read a number after each.", range: "an integer in [1, 64], or null", default: null, schedulable: false };
const weightDecayMode_7: OptionDescription = { name: "weightDecayMode", meaning: "`'coupled'`: part of the loss that is searched; the others act after the search.", range: "one of 'decoupled', 'coupled', 'independent'", default: "coupled", schedulable: false };
const rho_3: OptionDescription = { name: "rho", meaning: "Relative radius of the neighbourhood, about ten times SAM's.", range: "in [0, ∞)", default: 0.5, schedulable: true };
const eta_1: OptionDescription = { name: "eta", meaning: "Added to |p|, so that weights of zero are perturbed too.", range: "in [0, ∞)", default: 0.01, schedulable: true };
const excludeBias_1: OptionDescription = { name: "excludeBias", meaning: "Perturb biases as in SAM (T = 1): variables whose last part of the name starts with `bias` or `beta`, or those for which a predicate says yes. A predicate cannot be saved.", range: "true, false or a predicate on the variable", default: true, schedulable: false };
const perturbEpsilon_1: OptionDescription = { name: "perturbEpsilon", meaning: "Added to the norm.", range: "in [0, ∞)", default: 1e-16, schedulable: false };
const learningRate_11: OptionDescription = { name: "learningRate", meaning: "First step size λ₀, from which it finds the next ones; of a schedule the first value counts.", range: "in (0, ∞)", default: 0.2, schedulable: true };
const amplifier_1: OptionDescription = { name: "amplifier", meaning: "a: how fast the step size may grow.", range: "in [0, ∞)", default: 0.02, schedulable: true };
const theta_1: OptionDescription = { name: "theta", meaning: "First ratio θ₀ of two step sizes.", range: "in [0, ∞)", default: 1, schedulable: false };
const dampening_2: OptionDescription = { name: "dampening", meaning: "Divides the bound by the curvature.", range: "in (0, ∞)", default: 1, schedulable: true };
const epsilon_20: OptionDescription = { name: "epsilon", meaning: "Added to the step size where it was measured.", range: "in [0, ∞)", default: 0.00001, schedulable: true };
const epsilon_21: OptionDescription = { name: "epsilon", meaning: "How adaptive it is: large as SGD, small as Adam. Added to the root of the corrected moment.", range: "in (0, ∞)", default: 0.1, schedulable: true };
const mode_1: OptionDescription = { name: "mode", meaning: "What is stepped along and divided by, see `BCOS`.", range: "one of 'conditional', 'momentum', 'gradient'", default: "conditional", schedulable: false };
const beta_5: OptionDescription = { name: "beta", meaning: "Decay β of the momentum.", range: "in [0, 1)", default: 0.9, schedulable: true };
const beta2_10: OptionDescription = { name: "beta2", meaning: "Decay of v; `null`: 1 − (1 − β)² for the simple condition, β for the other modes.", range: "in [0, 1), or null", default: null, schedulable: true };
const simpleCondition_1: OptionDescription = { name: "simpleCondition", meaning: "`'conditional'` with a simpler estimate of v.", range: "true or false", default: false, schedulable: false };
const epsilon_22: OptionDescription = { name: "epsilon", meaning: "Added to √v.", range: "in (0, ∞)", default: 0.000001, schedulable: true };
const weightDecay_4: OptionDescription = { name: "weightDecay", meaning: "Strength λ of the weight decay.", range: "in [0, ∞)", default: 0.1, schedulable: true };
const learningRate_12: OptionDescription = { name: "learningRate", meaning: "Step size: a number, or a schedule of the number of steps done.", range: "in [0, ∞)", default: 0.0002, schedulable: true };
const beta1_8: OptionDescription = { name: "beta1", meaning: "Decay of the average of the updates.", range: "in [0, 1)", default: 0.9, schedulable: true };
const beta3_5: OptionDescription = { name: "beta3", meaning: "Decay of the instability.", range: "in [0, 1)", default: 0.9999, schedulable: true };
const clipThreshold_2: OptionDescription = { name: "clipThreshold", meaning: "The RMS of the update is clipped to this.", range: "in (0, ∞)", default: 1, schedulable: true };
const epsilon1_2: OptionDescription = { name: "epsilon1", meaning: "Added to g²; with 0, gradients of zero give NaN.", range: "in [0, ∞)", default: 1e-30, schedulable: true };
const epsilon2_2: OptionDescription = { name: "epsilon2", meaning: "Added to the squared deviation of the update; as epsilon1.", range: "in [0, ∞)", default: 1e-16, schedulable: true };
const learningRate_13: OptionDescription = { name: "learningRate", meaning: "Multiplies the gradient before everything else: for schedules, since a constant one has no influence.", range: "in (0, ∞)", default: 1, schedulable: true };
const alpha_2: OptionDescription = { name: "alpha", meaning: "Caps the first bets at 1/alpha: about the number of steps to warm up.", range: "in [0, ∞)", default: 100, schedulable: true };
const epsilon_23: OptionDescription = { name: "epsilon", meaning: "First value of L, the largest gradient seen.", range: "in (0, ∞)", default: 1e-8, schedulable: false };
const weightDecayMode_8: OptionDescription = { name: "weightDecayMode", meaning: "`'coupled'`, always: p is made anew from p₀ in every step, and a decay of p itself would be forgotten.", range: "one of 'coupled'", default: "coupled", schedulable: false };
const learningRate_14: OptionDescription = { name: "learningRate", meaning: "Factor on the estimated rate; leave it at 1, schedules multiply it.", range: "in (0, ∞)", default: 1, schedulable: true };
const d0_1: OptionDescription = { name: "d0", meaning: "First estimate of the distance d.", range: "in (0, ∞)", default: 0.000001, schedulable: false };
const growthRate_1: OptionDescription = { name: "growthRate", meaning: "The estimate may grow by at most this factor per step.", range: "in [1, ∞]", default: Infinity, schedulable: false };
const momentum_5: OptionDescription = { name: "momentum", meaning: "Averaging of the iterates.", range: "in [0, 1)", default: 0, schedulable: true };
const epsilon_24: OptionDescription = { name: "epsilon", meaning: "Added to √a.", range: "in (0, ∞)", default: 0.000001, schedulable: true };
const weightDecayMode_9: OptionDescription = { name: "weightDecayMode", meaning: "`'coupled'`, always: p is made anew from x₀ in every step, and a decay of p itself would be lost.", range: "one of 'coupled'", default: "coupled", schedulable: false };
const epsilon_25: OptionDescription = { name: "epsilon", meaning: "Added to √v.", range: "in (0, ∞)", default: 1e-8, schedulable: true };
const biasCorrection_1: OptionDescription = { name: "biasCorrection", meaning: "Adam's bias correction, as a factor on λ.", range: "true or false", default: false, schedulable: false };
const weightDecayMode_10: OptionDescription = { name: "weightDecayMode", meaning: "`'decoupled'`: p ← p·(1 − λ·weightDecay); the others as everywhere.", range: "one of 'decoupled', 'coupled', 'independent'", default: "coupled", schedulable: false };
const beta1_9: OptionDescription = { name: "beta1", meaning: "Decay of the moment of gradients.", range: "in [0, 1)", default: 0.98, schedulable: true };
const beta2_11: OptionDescription = { name: "beta2", meaning: "Decay of the moment of their differences.", range: "in [0, 1)", default: 0.92, schedulable: true };
const noProx_1: OptionDescription = { name: "noProx", meaning: "Decay before the step, as AdamW does, in place of the proximal form.", range: "true or false", default: false, schedulable: false };
const weightDecay_5: OptionDescription = { name: "weightDecay", meaning: "Strength of the weight decay, which is multiplied by λ.", range: "in [0, ∞)", default: 0.02, schedulable: true };
const learningRate_15: OptionDescription = { name: "learningRate", meaning: "Factor on the estimated rate; leave it at 1, schedules multiply it.", range: "in [0, ∞)", default: 1, schedulable: true };
const beta1_10: OptionDescription = { name: "beta1", meaning: "Share of the momentum in the sign.", range: "in [0, 1)", default: 0.9, schedulable: true };
const beta2_12: OptionDescription = { name: "beta2", meaning: "Decay of the momentum.", range: "in [0, 1)", default: 0.99, schedulable: true };
const weightDecayMode_11: OptionDescription = { name: "weightDecayMode", meaning: "`'decoupled'`: p ← p·(1 − λ·weightDecay); the others as everywhere.", range: "one of 'decoupled', 'coupled', 'independent'", default: "decoupled", schedulable: false };
const learningRate_16: OptionDescription = { name: "learningRate", meaning: "Factor on the step size found; leave it at 1, schedules multiply it.", range: "in (0, ∞)", default: 1, schedulable: true };
const repsRel_1: OptionDescription = { name: "repsRel", meaning: "First distance, relative to 1 + ‖p₀‖; 1e-4 with batch normalization.", range: "in (0, ∞)", default: 0.000001, schedulable: false };
const initialStep_2: OptionDescription = { name: "initialStep", meaning: "Size of the first step in place of a first distance; `null`: the latter.", range: "in (0, ∞), or null", default: null, schedulable: false };
const epsilon_26: OptionDescription = { name: "epsilon", meaning: "First value of the sum of squared gradients.", range: "in (0, ∞)", default: 1e-8, schedulable: false };
const weightDecayMode_12: OptionDescription = { name: "weightDecayMode", meaning: "`'decoupled'` shrinks by the step size found.", range: "one of 'decoupled', 'coupled', 'independent'", default: "coupled", schedulable: false };
const learningRate_17: OptionDescription = { name: "learningRate", meaning: "Factor on the step size found; 1 in the paper, less where the loss jumps; schedules multiply it.", range: "in (0, ∞)", default: 1, schedulable: true };
const epsilon_27: OptionDescription = { name: "epsilon", meaning: "Added to the root of the weighted sum; first squared distance too.", range: "in (0, ∞)", default: 0.0001, schedulable: false };
const initialSquaredDistance_1: OptionDescription = { name: "initialSquaredDistance", meaning: "First squared distance; `null`: ε.", range: "in (0, ∞), or null", default: null, schedulable: false };
const rho_4: OptionDescription = { name: "rho", meaning: "Radius of the neighbourhood.", range: "in [0, ∞)", default: 0.05, schedulable: true };
const adaptive_1: OptionDescription = { name: "adaptive", meaning: "Scale the neighbourhood by |p|, element by element.", range: "true or false", default: false, schedulable: false };
const perturbEpsilon_2: OptionDescription = { name: "perturbEpsilon", meaning: "Added to the norm.", range: "in [0, ∞)", default: 1e-12, schedulable: false };
const sigma_1: OptionDescription = { name: "sigma", meaning: "How much of the mean gradient is taken out of the direction; 0 is SAM.", range: "in [0, ∞)", default: 1, schedulable: true };
const lambda_1: OptionDescription = { name: "lambda", meaning: "Decay of the mean gradient. In [0, 1].", range: "in [0, 1]", default: 0.9, schedulable: true };
const learningRate_18: OptionDescription = { name: "learningRate", meaning: "Step size: the relative change of each tensor per step.", range: "in [0, ∞)", default: 0.01, schedulable: true };
const pBound_1: OptionDescription = { name: "pBound", meaning: "Keep each norm below this many times its first value; `null` is off.", range: "in (0, ∞), or null", default: null, schedulable: false };
const learningRate_19: OptionDescription = { name: "learningRate", meaning: "Step size, α of the paper.", range: "in (0, ∞)", default: 0.001, schedulable: true };
const learningRatePower_1: OptionDescription = { name: "learningRatePower", meaning: "Exponent of the accumulator: −½, or 0 for a fixed rate.", range: "in (-∞, 0]", default: -0.5, schedulable: false };
const initialAccumulator_2: OptionDescription = { name: "initialAccumulator", meaning: "First value of n; with 0 parameters keep their first values.", range: "in [0, ∞)", default: 0.1, schedulable: false };
const l1_1: OptionDescription = { name: "l1", meaning: "L1 penalty, λ₁ of the paper.", range: "in [0, ∞)", default: 0, schedulable: true };
const l2_1: OptionDescription = { name: "l2", meaning: "L2 penalty, half of λ₂ of the paper.", range: "in [0, ∞)", default: 0, schedulable: true };
const l2Shrinkage_1: OptionDescription = { name: "l2Shrinkage", meaning: "L2 penalty on the gradient that does not enter n.", range: "in [0, ∞)", default: 0, schedulable: true };
const beta_6: OptionDescription = { name: "beta", meaning: "Added to the power of the accumulator, β of the paper.", range: "in [0, ∞)", default: 0, schedulable: true };
const rank_1: OptionDescription = { name: "rank", meaning: "r: how many directions of the shorter side are kept, at most all.", range: "an integer in [1, ∞)", default: 128, schedulable: false };
const updateGap_1: OptionDescription = { name: "updateGap", meaning: "Steps from one basis to the next; the first step has one.", range: "an integer in [1, ∞)", default: 200, schedulable: false };
const scale_2: OptionDescription = { name: "scale", meaning: "α, a factor on the projected steps alone.", range: "in (0, ∞)", default: 0.25, schedulable: false };
const weightDecay_6: OptionDescription = { name: "weightDecay", meaning: "Strength λ of a decoupled decay of all variables; the base must have none.", range: "in [0, ∞)", default: 0, schedulable: true };
const useGaLore_1: OptionDescription = { name: "useGaLore", meaning: "Which variables are projected, by name and shape; the others are left to the base as they are. `null`: those of rank 2 and more. It cannot be saved.", range: "a function of name and shape, or null", default: null, schedulable: false };
const trainInterpolation_1: OptionDescription = { name: "trainInterpolation", meaning: "μy: share of the average x in the point y at which gradients are taken.", range: "in (0, 1]", default: 0.7, schedulable: false };
const evalInterpolation_1: OptionDescription = { name: "evalInterpolation", meaning: "μx: share of the old average in the new one; 0.9967 stands for DiLoCo with 32 inner steps.", range: "in [0, 1)", default: 0.9967, schedulable: false };
const every_1: OptionDescription = { name: "every", meaning: "Calls with gradients for one step of the base; a schedule gives it for the number of steps done.", range: "an integer in [1, ∞)", default: 1, schedulable: true };
const reduce_1: OptionDescription = { name: "reduce", meaning: "What the base is given of the gradients gathered: their mean or their sum.", range: "one of 'mean', 'sum'", default: "mean", schedulable: false };
const skipNonFinite_1: OptionDescription = { name: "skipNonFinite", meaning: "Leave out a call of whose gradients any element is NaN or infinite; it is not counted. Reads a number back in every call, which webgpu cannot.", range: "true or false", default: false, schedulable: false };
const learningRate_20: OptionDescription = { name: "learningRate", meaning: "Step size: a number, or a schedule of the number of steps done.", range: "in (0, ∞)", default: 0.1, schedulable: true };
const alpha_3: OptionDescription = { name: "alpha", meaning: "Size of the random first steps: v starts with a standard deviation of alpha/learningRate.", range: "in [0, ∞)", default: 0.01, schedulable: false };
const beta_7: OptionDescription = { name: "beta", meaning: "The momentum that βₜ rises to.", range: "in [0, 1]", default: 0.9, schedulable: true };
const seed_2: OptionDescription = { name: "seed", meaning: "Seed of the first velocities; `null`: others in every run.", range: "an integer in (-∞, ∞), or null", default: null, schedulable: false };
const initialVelocity_1: OptionDescription = { name: "initialVelocity", meaning: "The first velocities themselves: by the name of the variable, its elements in row-major order or a tensor of its shape, which is read at once.", range: "numbers or tensors by name of the variable, or null", default: null, schedulable: false };
const alpha_4: OptionDescription = { name: "alpha", meaning: "Share of the part of g perpendicular to h that is taken off; 0 is SAM. In [0, 1).", range: "in [0, 1)", default: 0.4, schedulable: true };
const learningRate_21: OptionDescription = { name: "learningRate", meaning: "Step size: a number, or a schedule of the number of steps done.", range: "in (0, ∞)", default: 0.0003, schedulable: true };
const momentum_6: OptionDescription = { name: "momentum", meaning: "Decay β of the momentum.", range: "in [0, 1)", default: 0.9, schedulable: true };
const preconditionerUpdateProbability_1: OptionDescription = { name: "preconditionerUpdateProbability", meaning: "Share of the steps that fit the factors, a number or a function of the number of steps done; `null`: 1 for the first 500 steps, falling to 0.03 by step 4000.", range: "in (0, 1], or null", default: null, schedulable: false };
const maxSizeTriangular_1: OptionDescription = { name: "maxSizeTriangular", meaning: "A longer axis has a diagonal factor.", range: "an integer in [0, ∞)", default: 8192, schedulable: false };
const minNdimTriangular_1: OptionDescription = { name: "minNdimTriangular", meaning: "A tensor of lower rank has diagonal factors.", range: "an integer in [0, ∞)", default: 2, schedulable: false };
const memorySaveMode_1: OptionDescription = { name: "memorySaveMode", meaning: "Axes with a diagonal factor besides these: `'oneDiag'` the longest, the last of several; `'smartOneDiag'` the longest if there is one; `'allDiag'` all; `null` none.", range: "one of 'oneDiag', 'smartOneDiag', 'allDiag', or null", default: null, schedulable: false };
const momentumIntoPreconditionUpdate_1: OptionDescription = { name: "momentumIntoPreconditionUpdate", meaning: "Fit the factors to the momentum; else to the gradient.", range: "true or false", default: true, schedulable: false };
const preconditionLearningRate_1: OptionDescription = { name: "preconditionLearningRate", meaning: "Step size of the fit.", range: "in (0, 1]", default: 0.1, schedulable: true };
const preconditionInitScale_1: OptionDescription = { name: "preconditionInitScale", meaning: "Square root of the first preconditioner.", range: "in (0, ∞)", default: 1, schedulable: false };
const mergeDims_1: OptionDescription = { name: "mergeDims", meaning: "Treat a tensor of rank 3 and more as a matrix, its last axis against all others.", range: "true or false", default: true, schedulable: false };
const balanceProbability_1: OptionDescription = { name: "balanceProbability", meaning: "Chance that a step that fits the factors balances them first.", range: "in [0, 1]", default: 0.01, schedulable: false };
const seed_3: OptionDescription = { name: "seed", meaning: "Seed of the random numbers.", range: "an integer in [0, 9007199254740991]", default: 0, schedulable: false };
const learningRate_22: OptionDescription = { name: "learningRate", meaning: "Step size: the relative change of each tensor per step.", range: "in [0, ∞)", default: 0.001, schedulable: true };
const epsilon_28: OptionDescription = { name: "epsilon", meaning: "Added to the root of the second moment.", range: "in [0, ∞)", default: 0.000001, schedulable: true };
const biasCorrection_2: OptionDescription = { name: "biasCorrection", meaning: "Divide the moments by 1 − βᵗ.", range: "true or false", default: true, schedulable: false };
const gradAveraging_1: OptionDescription = { name: "gradAveraging", meaning: "`false`: m ← β₁m + g.", range: "true or false", default: true, schedulable: false };
const clampValue_1: OptionDescription = { name: "clampValue", meaning: "Upper bound of the weight norm in the ratio.", range: "in (0, ∞]", default: Infinity, schedulable: false };
const adam_1: OptionDescription = { name: "adam", meaning: "Ratio 1 everywhere.", range: "true or false", default: false, schedulable: false };
const weightDecayMode_13: OptionDescription = { name: "weightDecayMode", meaning: "`'layerwise'` is the paper's: part of the update and of its norm. The others act before the update.", range: "one of 'layerwise', 'decoupled', 'coupled', 'independent', 'corrected'", default: "layerwise", schedulable: false };
const learningRate_23: OptionDescription = { name: "learningRate", meaning: "Step size: a number, or a schedule of the number of steps done.", range: "in [0, ∞)", default: 0.0004, schedulable: true };
const beta1_11: OptionDescription = { name: "beta1", meaning: "Decay of the momentum.", range: "in [0, 1)", default: 0.9, schedulable: true };
const epsilon_29: OptionDescription = { name: "epsilon", meaning: "Added to the root of the corrected second moment.", range: "in [0, ∞)", default: 1e-15, schedulable: true };
const centered_1: OptionDescription = { name: "centered", meaning: "Divide by the variance, the second moment without the squared mean.", range: "true or false", default: false, schedulable: false };
const stepsBeforeUsingCentered_1: OptionDescription = { name: "stepsBeforeUsingCentered", meaning: "Steps in which `centered` is not yet used.", range: "an integer in [0, ∞)", default: 10, schedulable: false };
const weightDecayMode_14: OptionDescription = { name: "weightDecayMode", meaning: "Where the decay acts: before the update `'coupled'` g ← g + λ·p, after it `'independent'` p ← p·(1 − λ) or `'decoupled'` p ← p·(1 − learningRate·λ).", range: "one of 'decoupled', 'coupled', 'independent', 'corrected'", default: "independent", schedulable: false };
const learningRate_24: OptionDescription = { name: "learningRate", meaning: "Step size, on top of the ratio of each layer.", range: "in [0, ∞)", default: 1, schedulable: true };
const momentum_7: OptionDescription = { name: "momentum", meaning: "Momentum μ.", range: "in [0, 1)", default: 0.9, schedulable: true };
const dampening_3: OptionDescription = { name: "dampening", meaning: "Dampening τ of all gradients but the first.", range: "in [0, 1]", default: 0, schedulable: true };
const nesterov_5: OptionDescription = { name: "nesterov", meaning: "Nesterov's momentum; needs a momentum, and no dampening.", range: "true or false", default: false, schedulable: false };
const trustCoefficient_1: OptionDescription = { name: "trustCoefficient", meaning: "The ratio η of step to weights.", range: "in (0, ∞)", default: 0.001, schedulable: true };
const epsilon_30: OptionDescription = { name: "epsilon", meaning: "Added to the denominator of the ratio.", range: "in [0, ∞)", default: 1e-8, schedulable: true };
const excludeVectors_1: OptionDescription = { name: "excludeVectors", meaning: "Tensors of rank 0 and 1 take plain momentum steps.", range: "true or false", default: true, schedulable: false };
const weightDecayMode_15: OptionDescription = { name: "weightDecayMode", meaning: "`'layerwise'` is the paper's: part of the ratio and of the step, not for excluded vectors. The others act before both, on every tensor.", range: "one of 'layerwise', 'decoupled', 'coupled', 'independent', 'corrected'", default: "layerwise", schedulable: false };
const learningRate_25: OptionDescription = { name: "learningRate", meaning: "Length of a step, in units of the direction; with a search the first trial.", range: "in (0, ∞)", default: 1, schedulable: true };
const historySize_1: OptionDescription = { name: "historySize", meaning: "Pairs of differences kept.", range: "an integer in [1, ∞)", default: 10, schedulable: false };
const lineSearch_1: OptionDescription = { name: "lineSearch", meaning: "`'strongWolfe'`: search each step's length; `null`: the learning rate.", range: "one of 'strongWolfe', or null", default: null, schedulable: false };
const maxIterations_1: OptionDescription = { name: "maxIterations", meaning: "Iterations in one call.", range: "an integer in [1, ∞)", default: 1, schedulable: false };
const maxEvaluations_1: OptionDescription = { name: "maxEvaluations", meaning: "Evaluations of the loss in one call, the first included; `null`: max(25, ⌊1.25·maxIterations⌋). A search looks once at least.", range: "an integer in [1, ∞), or null", default: null, schedulable: false };
const toleranceGrad_1: OptionDescription = { name: "toleranceGrad", meaning: "Largest element of a gradient that counts as zero.", range: "in [0, ∞)", default: 1e-7, schedulable: false };
const toleranceChange_1: OptionDescription = { name: "toleranceChange", meaning: "Step or change of the loss that counts as none.", range: "in [0, ∞)", default: 1e-9, schedulable: false };
const weightDecay_7: OptionDescription = { name: "weightDecay", meaning: "Strength λ: the loss is f + ½λ·Σ p² at every evaluation.", range: "in [0, ∞)", default: 0, schedulable: true };
const weightDecayMode_16: OptionDescription = { name: "weightDecayMode", meaning: "Always part of the loss.", range: "one of 'coupled'", default: "coupled", schedulable: false };
const learningRate_26: OptionDescription = { name: "learningRate", meaning: "Factor on the solved step.", range: "in (0, ∞)", default: 1, schedulable: true };
const damping_1: OptionDescription = { name: "damping", meaning: "The damping λ to begin with.", range: "in (0, ∞)", default: 0.001, schedulable: false };
const dampingUp_1: OptionDescription = { name: "dampingUp", meaning: "Factor of λ after an attempt that failed.", range: "in (1, ∞)", default: 10, schedulable: false };
const dampingDown_1: OptionDescription = { name: "dampingDown", meaning: "Factor of λ after one that was accepted.", range: "in (0, 1)", default: 0.1, schedulable: false };
const dampingMin_1: OptionDescription = { name: "dampingMin", meaning: "Smallest λ; 1e-4 is advised where residuals are not small.", range: "in (0, ∞)", default: 1e-10, schedulable: false };
const dampingMax_1: OptionDescription = { name: "dampingMax", meaning: "Largest λ.", range: "in (0, ∞)", default: 10000000000, schedulable: false };
const scaling_2: OptionDescription = { name: "scaling", meaning: "What λ multiplies: `'identity'`, or the diagonal of JᵀJ, as Marquardt has it.", range: "one of 'identity', 'diagonal'", default: "identity", schedulable: false };
const maxAttempts_1: OptionDescription = { name: "maxAttempts", meaning: "Attempts in one call.", range: "an integer in [1, ∞)", default: 10, schedulable: false };
const weightDecay_8: OptionDescription = { name: "weightDecay", meaning: "Strength w, a number: ½w·Σ p² is part of what is minimized.", range: "in [0, ∞)", default: 0, schedulable: false };
const weightDecayMode_17: OptionDescription = { name: "weightDecayMode", meaning: "Always part of what is minimized.", range: "one of 'coupled'", default: "coupled", schedulable: false };
const jacobian_1: OptionDescription = { name: "jacobian", meaning: "Where J is from: `'rows'`, a gradient for each residual; `'layers'`, a pass for each output, which is for `fitLeastSquares` and models of Dense and Activation layers; `'auto'`, layers where that is possible, else rows; or a function that returns residuals and J where the variables are. A function cannot be saved.", range: "one of 'auto', 'rows', 'layers', or a function", default: "auto", schedulable: false };
const learningRate_27: OptionDescription = { name: "learningRate", meaning: "Step size: a number, or a schedule of the number of steps done.", range: "in [0, ∞)", default: 0.0001, schedulable: true };
const beta1_12: OptionDescription = { name: "beta1", meaning: "Share of the momentum in the direction of the step.", range: "in [0, 1)", default: 0.9, schedulable: true };
const k_1: OptionDescription = { name: "k", meaning: "Steps of the base per synchronization.", range: "an integer in [1, ∞)", default: 5, schedulable: false };
const alpha_5: OptionDescription = { name: "alpha", meaning: "Share of the way that slow weights go towards the fast ones; 1 leaves the base as it is.", range: "in [0, 1]", default: 0.8, schedulable: false };
const pullbackMomentum_1: OptionDescription = { name: "pullbackMomentum", meaning: "Momentum of the base at a synchronization: `'none'` leaves it, `'reset'` sets it to 0, `'pullback'` averages it as the weights are.", range: "one of 'none', 'reset', 'pullback'", default: "none", schedulable: false };
const rho_5: OptionDescription = { name: "rho", meaning: "Radius of the neighbourhood.", range: "in [0, ∞)", default: 0.1, schedulable: true };
const k_2: OptionDescription = { name: "k", meaning: "Steps from one perturbed gradient to the next; 1 is SAM.", range: "an integer in [1, ∞)", default: 10, schedulable: false };
const alpha_6: OptionDescription = { name: "alpha", meaning: "Share of the direction that is used again. In (0, 1).", range: "in (0, 1)", default: 0.7, schedulable: true };
const perturbEpsilon_3: OptionDescription = { name: "perturbEpsilon", meaning: "Added to norms.", range: "in [0, ∞)", default: 1e-12, schedulable: false };
const learningRate_28: OptionDescription = { name: "learningRate", meaning: "Step size.", range: "in [0, ∞)", default: 0.01, schedulable: true };
const momentum_8: OptionDescription = { name: "momentum", meaning: "The weights are a moving average of the dual averages with this decay; 0: no average.", range: "in [0, 1)", default: 0.9, schedulable: true };
const epsilon_31: OptionDescription = { name: "epsilon", meaning: "Added to the cube root of v, and to the learning rate.", range: "in [0, ∞)", default: 0.000001, schedulable: true };
const weightDecayMode_18: OptionDescription = { name: "weightDecayMode", meaning: "`'decoupled'`: p ← p − ℓ·weightDecay·p with the p before the step; the others as everywhere.", range: "one of 'decoupled', 'coupled', 'independent', 'corrected'", default: "coupled", schedulable: false };
const learningRate_29: OptionDescription = { name: "learningRate", meaning: "Step size: a number, or a schedule of the number of steps done.", range: "in [0, ∞)", default: 0.003, schedulable: true };
const beta1_13: OptionDescription = { name: "beta1", meaning: "Decay of the first moment of matrices.", range: "in [0, 1)", default: 0.95, schedulable: true };
const beta2_13: OptionDescription = { name: "beta2", meaning: "Decay of the second moment of matrices.", range: "in [0, 1)", default: 0.99, schedulable: true };
const gamma_2: OptionDescription = { name: "gamma", meaning: "Strength of the correction; 0: AdamW with every tensor clipped to norm 1.", range: "in [0, ∞)", default: 0.025, schedulable: true };
const variant_2: OptionDescription = { name: "variant", meaning: "What becomes of the corrected gradient of a matrix.", range: "one of 'adamw', 'lion'", default: "adamw", schedulable: false };
const optimize1d_1: OptionDescription = { name: "optimize1d", meaning: "Treat vectors as matrices.", range: "true or false", default: false, schedulable: false };
const adamwBeta1_2: OptionDescription = { name: "adamwBeta1", meaning: "Decay of the first moment of vectors.", range: "in [0, 1)", default: 0.9, schedulable: true };
const adamwBeta2_2: OptionDescription = { name: "adamwBeta2", meaning: "Decay of the second moment of vectors.", range: "in [0, 1)", default: 0.95, schedulable: true };
const adamwWeightDecay_2: OptionDescription = { name: "adamwWeightDecay", meaning: "Strength of the weight decay of vectors, which is decoupled where that of matrices is `'corrected'`.", range: "in [0, ∞)", default: 0.1, schedulable: true };
const adamwLearningRateFactor_1: OptionDescription = { name: "adamwLearningRateFactor", meaning: "The rate of vectors is learningRate times this.", range: "in (0, ∞)", default: 1, schedulable: true };
const betas_2: OptionDescription = { name: "betas", meaning: "β, the memory of each tuner: one to ten.", range: "one to 64 numbers, each in (0, 1)", default: [0.9, 0.99, 0.999, 0.9999, 0.99999, 0.999999], schedulable: false };
const sInit_1: OptionDescription = { name: "sInit", meaning: "First scale.", range: "in (0, ∞)", default: 0.000001, schedulable: false };
const decay_1: OptionDescription = { name: "decay", meaning: "λ, which draws the scale towards small ones; no weight decay.", range: "in [0, ∞)", default: 0.01, schedulable: false };
const epsilon_32: OptionDescription = { name: "epsilon", meaning: "Added to roots and norms.", range: "in (0, ∞)", default: 1e-8, schedulable: false };
const clip_1: OptionDescription = { name: "clip", meaning: "Limit h to the largest |h| before, as the authors' later version does.", range: "true or false", default: true, schedulable: false };
const storeDelta_1: OptionDescription = { name: "storeDelta", meaning: "Keep Δ in a slot; `false` finds it from p, with few digits while the scale is small.", range: "true or false", default: true, schedulable: false };
const learningRate_30: OptionDescription = { name: "learningRate", meaning: "Largest step size: choose it large, schedules multiply it.", range: "in [0, ∞)", default: 1, schedulable: true };
const lowerBound_1: OptionDescription = { name: "lowerBound", meaning: "What the loss cannot fall below.", range: "in (-∞, ∞)", default: 0, schedulable: true };
const estimateLowerBound_1: OptionDescription = { name: "estimateLowerBound", meaning: "Raise the bound while training, from `lowerBound` on.", range: "true or false", default: false, schedulable: false };
const weightDecayMode_19: OptionDescription = { name: "weightDecayMode", meaning: "`'proximal'`: p ← (p − step)/(1 + learningRate·λ); the others as everywhere.", range: "one of 'proximal', 'decoupled', 'coupled', 'independent', 'corrected'", default: "proximal", schedulable: false };
const beta_8: OptionDescription = { name: "beta", meaning: "Decay of the averages.", range: "in [0, 1)", default: 0.9, schedulable: true };
const biasCorrection_3: OptionDescription = { name: "biasCorrection", meaning: "Let the averages start at 0 and correct them, in place of starting at the first values.", range: "true or false", default: false, schedulable: false };
const learningRate_31: OptionDescription = { name: "learningRate", meaning: "Largest step size: choose it large, schedules multiply it.", range: "in [0, ∞)", default: 0.01, schedulable: true };
const beta1_14: OptionDescription = { name: "beta1", meaning: "Decay of the first moment, and of the averages of losses and slopes.", range: "in [0, 1)", default: 0.9, schedulable: true };
const rho_6: OptionDescription = { name: "rho", meaning: "Length of the perturbation, over all parameters together.", range: "in [0, ∞)", default: 0.3, schedulable: true };
const beta_9: OptionDescription = { name: "beta", meaning: "Decay of both averages.", range: "in [0, 1)", default: 0.9, schedulable: true };
const learningRate_32: OptionDescription = { name: "learningRate", meaning: "Step size of the matrices.", range: "in (0, ∞)", default: 0.02, schedulable: true };
const nsCoefficients_1: OptionDescription = { name: "nsCoefficients", meaning: "The coefficients a, b, c of all steps, as three numbers; `null`: those of `coefficients`.", range: "three finite numbers, or null", default: null, schedulable: false };
const adjustLearningRate_2: OptionDescription = { name: "adjustLearningRate", meaning: "Factor of the step by the shape of the matrix, inputs × outputs: `'original'` √max(1, out/in), `'matchRmsAdamW'` 0.2·√max(in, out), with which a learning rate of AdamW fits, `'none'` 1.", range: "one of 'original', 'matchRmsAdamW', 'none'", default: "original", schedulable: false };
const beta1_15: OptionDescription = { name: "beta1", meaning: "Decay of the first moment, and the limit of the momentum μ.", range: "in [0, 1)", default: 0.9, schedulable: true };
const momentumDecay_1: OptionDescription = { name: "momentumDecay", meaning: "ψ, how fast the momentum rises from β₁/2 to β₁; at 0 it does not.", range: "in [0, ∞)", default: 0.004, schedulable: true };
const learningRate_33: OptionDescription = { name: "learningRate", meaning: "Step size: the relative change of each neuron per step.", range: "in [0, ∞)", default: 0.01, schedulable: true };
const beta_10: OptionDescription = { name: "beta", meaning: "Decay of the squared norm of the gradient.", range: "in [0, 1)", default: 0.999, schedulable: true };
const constraints_1: OptionDescription = { name: "constraints", meaning: "Keep the weights of every neuron at mean zero and norm one.", range: "true or false", default: true, schedulable: false };
const epsilon_33: OptionDescription = { name: "epsilon", meaning: "Added to the two denominators.", range: "in [0, ∞)", default: 1e-8, schedulable: false };
const beta2_14: OptionDescription = { name: "beta2", meaning: "Decay of the second moment of an output unit.", range: "in [0, 1)", default: 0.95, schedulable: true };
const normEpsilon_2: OptionDescription = { name: "normEpsilon", meaning: "Added to √v and to the norm of H.", range: "in (0, ∞)", default: 1e-10, schedulable: false };
const adjustLearningRate_3: OptionDescription = { name: "adjustLearningRate", meaning: "Length of the step: `'original'`, that of Muon, √max(1, out/in)·‖O‖; `'matchRmsAdamW'`, that of the paper, 0.2·√(in·out), with which a learning rate of AdamW fits; `'none'` ‖O‖.", range: "one of 'original', 'matchRmsAdamW', 'none'", default: "original", schedulable: false };
const beta1_16: OptionDescription = { name: "beta1", meaning: "Momentum.", range: "in [0, 1)", default: 0.95, schedulable: true };
const beta2_15: OptionDescription = { name: "beta2", meaning: "Decay of the squared norm.", range: "in [0, 1)", default: 0.98, schedulable: true };
const epsilon_34: OptionDescription = { name: "epsilon", meaning: "Added to the root of the squared norm.", range: "in [0, ∞)", default: 1e-8, schedulable: true };
const gradAveraging_2: OptionDescription = { name: "gradAveraging", meaning: "Weigh what is added to the momentum by 1 − β₁.", range: "true or false", default: false, schedulable: false };
const amsgrad_7: OptionDescription = { name: "amsgrad", meaning: "Use the largest squared norm so far.", range: "true or false", default: false, schedulable: false };
const weightDecayMode_20: OptionDescription = { name: "weightDecayMode", meaning: "`'coupled'` is the paper's, which calls it decoupled: added to the normalized gradient. The others act before the update.", range: "one of 'decoupled', 'coupled', 'independent', 'corrected'", default: "coupled", schedulable: false };
const alpha_7: OptionDescription = { name: "alpha", meaning: "Weight of the step itself.", range: "in [0, ∞)", default: 1, schedulable: true };
const optimism_1: OptionDescription = { name: "optimism", meaning: "Weight of the difference to the direction before.", range: "in [0, ∞)", default: 1, schedulable: true };
const doubleFirstStep_1: OptionDescription = { name: "doubleFirstStep", meaning: "The direction before the first is 0 (the paper), in place of the first itself.", range: "true or false", default: false, schedulable: false };
const learningRate_34: OptionDescription = { name: "learningRate", meaning: "Step size, of the size of SGD's.", range: "in [0, ∞)", default: 0.1, schedulable: true };
const epsilon_35: OptionDescription = { name: "epsilon", meaning: "Added to the root of the second moment, before the power is taken.", range: "in [0, ∞)", default: 1e-8, schedulable: true };
const partial_1: OptionDescription = { name: "partial", meaning: "Power of the second moment: ½ is Adam, 0 is SGD with momentum.", range: "in [0, 0.5]", default: 0.25, schedulable: false };
const reduction_2: OptionDescription = { name: "reduction", meaning: "Whether the gradients of shared parameters are added up or averaged, after the projections.", range: "one of 'sum', 'mean'", default: "sum", schedulable: false };
const seed_4: OptionDescription = { name: "seed", meaning: "Makes the order in which tasks meet repeatable; `null` for another one in every run.", range: "an integer in [0, ∞), or null", default: null, schedulable: false };
const momentum_9: OptionDescription = { name: "momentum", meaning: "Decay μ of i and d; `0`: plain SGD, without either.", range: "in [0, 1)", default: 0.9, schedulable: true };
const dampening_4: OptionDescription = { name: "dampening", meaning: "τ: a new gradient enters i times 1 − τ.", range: "in [0, 1]", default: 0, schedulable: true };
const integral_1: OptionDescription = { name: "integral", meaning: "Gain I of the accumulated gradient.", range: "in [0, ∞)", default: 5, schedulable: true };
const derivative_1: OptionDescription = { name: "derivative", meaning: "Gain D of the change of the gradient.", range: "in [0, ∞)", default: 10, schedulable: true };
const beta1_17: OptionDescription = { name: "beta1", meaning: "Inertia: each of the two averages decays by β₁².", range: "in [0, 1)", default: 0.9, schedulable: true };
const beta2_16: OptionDescription = { name: "beta2", meaning: "Weight of the negative average (β₀ in the paper).", range: "in [0, 1]", default: 1, schedulable: true };
const learningRate_35: OptionDescription = { name: "learningRate", meaning: "Factor on the step size found and capped; schedules go here.", range: "in [0, ∞)", default: 1, schedulable: true };
const c_2: OptionDescription = { name: "c", meaning: "Divides the step: ½ for convex problems, 0.2 in the deep networks of the paper.", range: "in (0, ∞)", default: 0.5, schedulable: true };
const maxLearningRate_4: OptionDescription = { name: "maxLearningRate", meaning: "Cap of the step size; `null`: none.", range: "in (0, ∞), or null", default: 1, schedulable: true };
const lowerBound_2: OptionDescription = { name: "lowerBound", meaning: "What the loss of a batch cannot fall below.", range: "in (-∞, ∞)", default: 0, schedulable: true };
const epsilon_36: OptionDescription = { name: "epsilon", meaning: "Added to c·‖g‖².", range: "in [0, ∞)", default: 1e-8, schedulable: true };
const growth_2: OptionDescription = { name: "growth", meaning: "By how much the step size may grow in an epoch, a factor; `null`: by any.", range: "in [1, ∞), or null", default: null, schedulable: false };
const initialStep_3: OptionDescription = { name: "initialStep", meaning: "What the first step size may grow from.", range: "in (0, ∞)", default: 1, schedulable: false };
const weightDecayMode_21: OptionDescription = { name: "weightDecayMode", meaning: "`'decoupled'` shrinks by the step size found.", range: "one of 'decoupled', 'coupled', 'independent'", default: "decoupled", schedulable: false };
const beta1_18: OptionDescription = { name: "beta1", meaning: "Decay of the first moment; 0: no slot for it.", range: "in [0, 1)", default: 0.9, schedulable: true };
const beta3_6: OptionDescription = { name: "beta3", meaning: "Decay of the sums for d; `null`: √β₂.", range: "in [0, 1), or null", default: null, schedulable: true };
const epsilon_37: OptionDescription = { name: "epsilon", meaning: "Times d, added to √v.", range: "in (0, ∞)", default: 1e-8, schedulable: true };
const safeguardWarmup_1: OptionDescription = { name: "safeguardWarmup", meaning: "Leave learningRate out of the denominator of d, so that a warm-up does not drive d up.", range: "true or false", default: false, schedulable: false };
const dCoef_2: OptionDescription = { name: "dCoef", meaning: "Factor on the estimate: the knob to tune.", range: "in (0, ∞)", default: 1, schedulable: true };
const growthRate_2: OptionDescription = { name: "growthRate", meaning: "The estimate may grow by at most this factor per step, but for its first jump.", range: "in [1, ∞]", default: Infinity, schedulable: false };
const sliceP_1: OptionDescription = { name: "sliceP", meaning: "Only every so-many-th element of a parameter takes part in the estimate, which saves memory.", range: "an integer in [1, ∞)", default: 1, schedulable: false };
const weightDecayMode_22: OptionDescription = { name: "weightDecayMode", meaning: "Where the decay acts, before the update: `'decoupled'` p ← p·(1 − learningRate·λ), `'coupled'` g ← g + λ·p, `'independent'` p ← p·(1 − λ).", range: "one of 'decoupled', 'coupled', 'independent'", default: "decoupled", schedulable: false };
const nu1_1: OptionDescription = { name: "nu1", meaning: "ν₁, the share of the first moment in the numerator; the rest is the gradient.", range: "in [0, 1]", default: 1, schedulable: true };
const nu2_1: OptionDescription = { name: "nu2", meaning: "ν₂, the share of the second moment in the denominator; the rest is the squared gradient.", range: "in [0, 1]", default: 1, schedulable: true };
const epsilon_38: OptionDescription = { name: "epsilon", meaning: "Added to the root; 0 gives NaN for a weight that has only had gradients of zero.", range: "in [0, ∞)", default: 1e-8, schedulable: true };
const momentum_10: OptionDescription = { name: "momentum", meaning: "Decay β of the average.", range: "in [0, 1)", default: 0, schedulable: true };
const nu_1: OptionDescription = { name: "nu", meaning: "Share ν of the average in the step.", range: "in [0, 1]", default: 1, schedulable: true };
const beta2_17: OptionDescription = { name: "beta2", meaning: "Decay of the second moment; at 2/3 and below no step is ever rectified.", range: "in [0, 1)", default: 0.999, schedulable: true };
const degeneratedToSgd_3: OptionDescription = { name: "degeneratedToSgd", meaning: "Below the threshold: a momentum step without denominator (`false`: no step).", range: "true or false", default: false, schedulable: false };
const beta1_19: OptionDescription = { name: "beta1", meaning: "Decay of the first moment.", range: "in [0, 1)", default: 0.95, schedulable: true };
const epsilon_39: OptionDescription = { name: "epsilon", meaning: "Added to √v, before any correction.", range: "in [0, ∞)", default: 0.00001, schedulable: true };
const nSmaThreshold_2: OptionDescription = { name: "nSmaThreshold", meaning: "The rectified step is taken above this length ρ of the moving average.", range: "in [4, ∞)", default: 5, schedulable: false };
const degeneratedToSgd_4: OptionDescription = { name: "degeneratedToSgd", meaning: "Up to the threshold: a momentum step without denominator (`false`: no step).", range: "true or false", default: true, schedulable: false };
const k_3: OptionDescription = { name: "k", meaning: "Steps between two synchronizations.", range: "an integer in [1, ∞)", default: 6, schedulable: false };
const alpha_8: OptionDescription = { name: "alpha", meaning: "Share of the way that slow weights go towards the fast ones.", range: "in [0, 1]", default: 0.5, schedulable: false };
const centralizeGradients_1: OptionDescription = { name: "centralizeGradients", meaning: "Subtract from the gradient of every output unit its mean, for rank ≥ 2.", range: "true or false", default: true, schedulable: false };
const gcConvOnly_1: OptionDescription = { name: "gcConvOnly", meaning: "Centralize only rank ≥ 4.", range: "true or false", default: false, schedulable: false };
const numIterations_1: OptionDescription = { name: "numIterations", meaning: "Planned number of steps N, from which the schedule follows.", range: "an integer in [1, ∞)", schedulable: false };
const learningRate_36: OptionDescription = { name: "learningRate", meaning: "Peak of the learning rate.", range: "in (0, ∞)", default: 0.001, schedulable: true };
const beta0_2: OptionDescription = { name: "beta0", meaning: "Weight of the negative moment.", range: "in [0, 1]", default: 0.9, schedulable: true };
const epsilon_40: OptionDescription = { name: "epsilon", meaning: "Added to the root of the second moment, and to norms in the norm loss.", range: "in [0, ∞)", default: 1e-8, schedulable: true };
const useSoftplus_1: OptionDescription = { name: "useSoftplus", meaning: "Smooth the denominator, so that small ones give no huge steps.", range: "true or false", default: true, schedulable: false };
const betaSoftplus_1: OptionDescription = { name: "betaSoftplus", meaning: "Sharpness of that: the larger, the closer to the denominator itself.", range: "in (0, ∞)", default: 50, schedulable: true };
const agcClippingValue_1: OptionDescription = { name: "agcClippingValue", meaning: "Largest ratio of gradient norm to weight norm in a unit; `null`: no clipping.", range: "in (0, ∞), or null", default: 0.01, schedulable: true };
const agcEps_1: OptionDescription = { name: "agcEps", meaning: "Lower bound of the weight norm in that.", range: "in [0, ∞)", default: 0.001, schedulable: true };
const centralizeGradients_2: OptionDescription = { name: "centralizeGradients", meaning: "Subtract from the gradient of every unit its mean, for rank ≥ 2.", range: "true or false", default: true, schedulable: false };
const normalizeGradients_1: OptionDescription = { name: "normalizeGradients", meaning: "Divide the gradient by its standard deviation, for more than two elements.", range: "true or false", default: true, schedulable: false };
const normLossFactor_1: OptionDescription = { name: "normLossFactor", meaning: "Pull of unit norms towards 1.", range: "in [0, ∞)", default: 0.0001, schedulable: true };
const lookaheadMergeTime_1: OptionDescription = { name: "lookaheadMergeTime", meaning: "Steps between two synchronizations with the slow weights.", range: "an integer in [1, ∞)", default: 5, schedulable: false };
const lookaheadBlendingAlpha_1: OptionDescription = { name: "lookaheadBlendingAlpha", meaning: "Share of the way that slow weights go towards the fast ones.", range: "in [0, 1]", default: 0.5, schedulable: false };
const numWarmUpIterations_1: OptionDescription = { name: "numWarmUpIterations", meaning: "Steps of linear warm-up; `null`: 2/(1 − β₂), or 22 % of N if that is more than 45 %.", range: "an integer in [0, ∞), or null", default: null, schedulable: false };
const numWarmDownIterations_1: OptionDescription = { name: "numWarmDownIterations", meaning: "Steps of linear warm-down, at the end of N; 0: none; `null`: 28 % of N.", range: "an integer in [0, ∞), or null", default: null, schedulable: false };
const warmDownMinLr_1: OptionDescription = { name: "warmDownMinLr", meaning: "Rate that the warm-down ends at.", range: "in [0, ∞)", default: 0.00003, schedulable: false };
const disableLrScheduler_1: OptionDescription = { name: "disableLrScheduler", meaning: "Keep to `learningRate` in all steps.", range: "true or false", default: false, schedulable: false };
const weightDecay_9: OptionDescription = { name: "weightDecay", meaning: "Strength of the stable weight decay, which is decoupled.", range: "in [0, ∞)", default: 0.0001, schedulable: true };
const decay_2: OptionDescription = { name: "decay", meaning: "Decay of the averages; `alpha` in PyTorch, `rho` in Keras.", range: "in [0, 1)", default: 0.99, schedulable: true };
const momentum_11: OptionDescription = { name: "momentum", meaning: "Momentum μ; 0: no slot for it.", range: "in [0, 1)", default: 0, schedulable: true };
const centered_2: OptionDescription = { name: "centered", meaning: "Divide by the standard deviation in place of the root mean square.", range: "true or false", default: false, schedulable: false };
const epsilon_41: OptionDescription = { name: "epsilon", meaning: "Keeps the denominator from 0.", range: "in [0, ∞)", default: 1e-8, schedulable: true };
const epsilonPosition_2: OptionDescription = { name: "epsilonPosition", meaning: "Added to the root (`'outside'`, PyTorch), or under it (TensorFlow, Keras, optax, timm).", range: "one of 'outside', 'inside'", default: "outside", schedulable: false };
const initialAccumulator_3: OptionDescription = { name: "initialAccumulator", meaning: "First value of v; 1 in timm and TensorFlow 1.", range: "in [0, ∞)", default: 0, schedulable: false };
const biasCorrection_4: OptionDescription = { name: "biasCorrection", meaning: "Divide v by 1 − decayᵗ.", range: "true or false", default: false, schedulable: false };
const learningRateInMomentum_1: OptionDescription = { name: "learningRateInMomentum", meaning: "The momentum is one of steps, the rate included, in place of one of scaled gradients.", range: "true or false", default: false, schedulable: false };
const method_1: OptionDescription = { name: "method", meaning: "`'RotateOnly'` turns gradients, `'RotoGrad'` also equalizes their sizes, `'RotoGradNorm'` balances them by weights that it learns; `'VanillaMTL'` adds them up as they are.", range: "one of 'RotoGrad', 'RotoGradNorm', 'RotateOnly', 'VanillaMTL'", default: "RotoGrad", schedulable: false };
const latentSize_1: OptionDescription = { name: "latentSize", meaning: "Columns of the features that are rotated, from the first on; `null` for all. In [1, ∞).", range: "an integer in [1, ∞), or null", default: null, schedulable: false };
const burnInPeriod_1: OptionDescription = { name: "burnInPeriod", meaning: "The step, from 0, at which losses and sizes to compare with are taken anew.", range: "an integer in [0, ∞)", default: 20, schedulable: false };
const normalizeLosses_1: OptionDescription = { name: "normalizeLosses", meaning: "Whether heads and rotations see each loss in relation to that of the first step.", range: "true or false", default: false, schedulable: false };
const alpha_9: OptionDescription = { name: "alpha", meaning: "Strength of the balance of `'RotoGradNorm'`, which needs it; the larger, the more slow tasks get.", range: "in [0, ∞), or null", default: null, schedulable: false };
const initialRotations_1: OptionDescription = { name: "initialRotations", meaning: "Where rotations start: at random, at the identity, or at orthogonal matrices of determinant 1, one a task.", range: "'random', 'identity' or matrices", default: "random", schedulable: false };
const seed_5: OptionDescription = { name: "seed", meaning: "Makes the random start repeatable; `null` for another one in every run.", range: "an integer in [0, ∞), or null", default: null, schedulable: false };
const learningRate_37: OptionDescription = { name: "learningRate", meaning: "First step size of every element, a number; not used afterwards, but by decoupled decay.", range: "in (0, ∞)", default: 0.01, schedulable: false };
const etaMinus_1: OptionDescription = { name: "etaMinus", meaning: "Factor of a step size after a change of sign.", range: "in (0, 1)", default: 0.5, schedulable: false };
const etaPlus_1: OptionDescription = { name: "etaPlus", meaning: "Factor of a step size while the sign stays.", range: "in (1, ∞)", default: 1.2, schedulable: false };
const minStepSize_1: OptionDescription = { name: "minStepSize", meaning: "Smallest step size.", range: "in [0, ∞)", default: 0.000001, schedulable: false };
const maxStepSize_1: OptionDescription = { name: "maxStepSize", meaning: "Largest step size.", range: "in [0, ∞)", default: 50, schedulable: false };
const weightDecayMode_23: OptionDescription = { name: "weightDecayMode", meaning: "`'coupled'`: the penalty takes part in the sign; the others as everywhere.", range: "one of 'decoupled', 'coupled', 'independent', 'corrected'", default: "coupled", schedulable: false };
const learningRate_38: OptionDescription = { name: "learningRate", meaning: "Step size; as for the method whose step length is used.", range: "in (0, ∞)", default: 0.001, schedulable: true };
const beta2_18: OptionDescription = { name: "beta2", meaning: "Decay of the statistics; 1 sums them.", range: "in [0, 1]", default: 0.999, schedulable: true };
const graftType_1: OptionDescription = { name: "graftType", meaning: "The method whose step length is used.", range: "one of 'sgd', 'none', 'adagrad', 'rmsprop', 'rmspropNormalized', 'sqrtN', 'adagradNormalized'", default: "sgd", schedulable: false };
const blockSize_1: OptionDescription = { name: "blockSize", meaning: "Length of the longest block of an axis; 0 cuts none.", range: "an integer in [0, ∞)", default: 128, schedulable: false };
const shapeInterpretation_1: OptionDescription = { name: "shapeInterpretation", meaning: "Merge small neighbouring axes before anything else.", range: "true or false", default: true, schedulable: false };
const mergeSmallDimsBlockSize_1: OptionDescription = { name: "mergeSmallDimsBlockSize", meaning: "Length of the longest axis that merging makes.", range: "an integer in [1, ∞)", default: 4096, schedulable: false };
const preconditionerType_1: OptionDescription = { name: "preconditionerType", meaning: "Axes with a matrix: all, all but the last, or only the last.", range: "one of 'all', 'input', 'output'", default: "all", schedulable: false };
const startPreconditioningStep_1: OptionDescription = { name: "startPreconditioningStep", meaning: "First steps by the grafted method alone.", range: "an integer in [0, ∞)", default: 5, schedulable: false };
const preconditioningComputeSteps_1: OptionDescription = { name: "preconditioningComputeSteps", meaning: "Steps from one computation of the roots to the next.", range: "an integer in [1, ∞)", default: 1, schedulable: false };
const statisticsComputeSteps_1: OptionDescription = { name: "statisticsComputeSteps", meaning: "Steps from one product that goes into the statistics to the next.", range: "an integer in [1, ∞)", default: 1, schedulable: false };
const inverseExponentOverride_1: OptionDescription = { name: "inverseExponentOverride", meaning: "Order of the roots; 0: twice the number of preconditioned axes.", range: "an integer in [0, ∞)", default: 0, schedulable: false };
const matrixEpsilon_1: OptionDescription = { name: "matrixEpsilon", meaning: "Added to the diagonal of every matrix, in proportion to its largest eigenvalue.", range: "in (0, ∞)", default: 0.000001, schedulable: false };
const diagonalEpsilon_1: OptionDescription = { name: "diagonalEpsilon", meaning: "Added to the root of the second moment of `'adagrad'` and `'rmsprop'`.", range: "in [0, ∞)", default: 1e-10, schedulable: false };
const noPreconditioningForLayersWithDimGt_1: OptionDescription = { name: "noPreconditioningForLayersWithDimGt", meaning: "A tensor with a longer axis is not preconditioned.", range: "an integer in [0, ∞)", default: 4096, schedulable: false };
const skipPreconditioningRankLt_1: OptionDescription = { name: "skipPreconditioningRankLt", meaning: "A tensor of lower rank is not preconditioned.", range: "an integer in [0, ∞)", default: 1, schedulable: false };
const movingAverageForMomentum_1: OptionDescription = { name: "movingAverageForMomentum", meaning: "Momentum as a moving average; else a sum.", range: "true or false", default: false, schedulable: false };
const decoupledLearningRate_1: OptionDescription = { name: "decoupledLearningRate", meaning: "Whether the learning rate is a factor of the whole step; else of the grafted one, before momentum.", range: "true or false", default: true, schedulable: false };
const learningRate_39: OptionDescription = { name: "learningRate", meaning: "Step size, 1 to 10 times that of AdamW.", range: "in [0, ∞)", default: 0.0025, schedulable: true };
const r_2: OptionDescription = { name: "r", meaning: "The weights of the average grow like tʳ.", range: "in [0, ∞)", default: 0, schedulable: true };
const weightLrPower_1: OptionDescription = { name: "weightLrPower", meaning: "The weights of the average go with this power of the largest rate so far.", range: "in [0, ∞)", default: 2, schedulable: true };
const weightDecay_10: OptionDescription = { name: "weightDecay", meaning: "Strength of the weight decay, which is added to the scaled gradient.", range: "in [0, ∞)", default: 0, schedulable: true };
const warmupSteps_2: OptionDescription = { name: "warmupSteps", meaning: "Steps over which the rate rises linearly to learningRate; 0: none.", range: "an integer in [0, ∞)", default: 0, schedulable: false };
const beta1_20: OptionDescription = { name: "beta1", meaning: "Interpolation between z (0) and x (1) at which gradients are taken; a number, and the same in all steps.", range: "in (0, 1)", default: 0.9, schedulable: false };
const innerMomentum_1: OptionDescription = { name: "innerMomentum", meaning: "Decay of a first moment as that of Adam; 0: none.", range: "in [0, 1)", default: 0, schedulable: true };
const learningRate_40: OptionDescription = { name: "learningRate", meaning: "Step size.", range: "in [0, ∞)", default: 0.0025, schedulable: true };
const silentSgdPhase_1: OptionDescription = { name: "silentSgdPhase", meaning: "While the variance is not finite nothing moves (`false`: steps of SGD).", range: "true or false", default: true, schedulable: false };
const learningRate_41: OptionDescription = { name: "learningRate", meaning: "Step size, 10 to 50 times that of plain SGD.", range: "in [0, ∞)", default: 1, schedulable: true };
const weightDecay_11: OptionDescription = { name: "weightDecay", meaning: "Strength of the weight decay, which is added to the gradient.", range: "in [0, ∞)", default: 0, schedulable: true };
const momentum_12: OptionDescription = { name: "momentum", meaning: "Interpolation between z (0) and x (1) at which gradients are taken; a number, and the same in all steps.", range: "in (0, 1)", default: 0.9, schedulable: false };
const learningRate_42: OptionDescription = { name: "learningRate", meaning: "Share γ of the way to the border of the ball; at most 1 unless `unconstrained`.", range: "in [0, ∞)", default: 0.001, schedulable: true };
const alpha_10: OptionDescription = { name: "alpha", meaning: "Share of the new gradient in the average: 1 − the usual momentum.", range: "in (0, 1]", default: 0.1, schedulable: true };
const radius_1: OptionDescription = { name: "radius", meaning: "Radius ρ of the ball.", range: "in (0, ∞)", default: 1, schedulable: true };
const norm_1: OptionDescription = { name: "norm", meaning: "The norm: `'spectral'`, `'row'`, `'column'`, `'sign'` of matrices, `'spectralConv'` of kernels, `'bias'` of vectors, scalars and depthwise kernels. `'auto'`: `'spectral'`, `'spectralConv'` or `'bias'`, by rank.", range: "one of 'auto', 'spectral', 'spectralConv', 'row', 'column', 'sign', 'bias'", default: "auto", schedulable: false };
const normalized_1: OptionDescription = { name: "normalized", meaning: "Whether the ball is rescaled by the fan-in; `null`: as the norm has it, yes but for `'column'`.", range: "true or false, or null", default: null, schedulable: false };
const atLeastOne_1: OptionDescription = { name: "atLeastOne", meaning: "Factor of `'spectral'` not below 1, for input layers.", range: "true or false", default: false, schedulable: false };
const transposed_1: OptionDescription = { name: "transposed", meaning: "`'row'` and `'column'` of a tensor `[out, in]`.", range: "true or false", default: false, schedulable: false };
const nsSteps_2: OptionDescription = { name: "nsSteps", meaning: "Newton–Schulz steps of the spectral norms.", range: "an integer in [1, 100]", default: 5, schedulable: false };
const unconstrained_1: OptionDescription = { name: "unconstrained", meaning: "Whether parameters may leave the ball: without the factor 1 − γ.", range: "true or false", default: false, schedulable: false };
const dampening_5: OptionDescription = { name: "dampening", meaning: "Dampening τ of the gradients.", range: "in [0, 1]", default: 0, schedulable: true };
const nesterov_6: OptionDescription = { name: "nesterov", meaning: "Nesterov's momentum.", range: "true or false", default: false, schedulable: false };
const delta_2: OptionDescription = { name: "delta", meaning: "Threshold δ of the scale-invariance test.", range: "in [0, ∞)", default: 0.1, schedulable: true };
const epsilon_42: OptionDescription = { name: "epsilon", meaning: "Added to norms; lower bound of norms in the cosine.", range: "in [0, ∞)", default: 1e-8, schedulable: true };
const learningRate_43: OptionDescription = { name: "learningRate", meaning: "Step size; it belongs with `matrixEpsilon`.", range: "in (0, ∞)", default: 1, schedulable: true };
const momentum_13: OptionDescription = { name: "momentum", meaning: "Decay μ of the average of gradients.", range: "in [0, 1)", default: 0, schedulable: true };
const matrixEpsilon_2: OptionDescription = { name: "matrixEpsilon", meaning: "ε, added to the diagonal of every matrix before its root is taken.", range: "in (0, ∞)", default: 0.1, schedulable: false };
const maxMatrixSize_1: OptionDescription = { name: "maxMatrixSize", meaning: "A longer axis has a diagonal in place of a matrix.", range: "an integer in [1, ∞)", default: 768, schedulable: false };
const momentum_14: OptionDescription = { name: "momentum", meaning: "Decay β of the average; 0 is signSGD, everything above it Signum.", range: "in [0, 1)", default: 0.9, schedulable: true };
const learningRate_44: OptionDescription = { name: "learningRate", meaning: "Step size, a tenth of Adam's or less, since the momentum is a sum.", range: "in [0, ∞)", default: 0.0001, schedulable: true };
const beta1_21: OptionDescription = { name: "beta1", meaning: "Decay of the momentum.", range: "in [0, 1)", default: 0.99, schedulable: true };
const alpha_11: OptionDescription = { name: "alpha", meaning: "Weight of the current gradient.", range: "in [0, ∞)", default: 0, schedulable: true };
const beta1Warmup_1: OptionDescription = { name: "beta1Warmup", meaning: "Steps over which β₁ rises from minBeta1; `null`: none.", range: "an integer in [1, ∞), or null", default: null, schedulable: false };
const minBeta1_1: OptionDescription = { name: "minBeta1", meaning: "Where that begins.", range: "in [0, 1)", default: 0.9, schedulable: true };
const biasCorrection1_1: OptionDescription = { name: "biasCorrection1", meaning: "Divide the step by the sum of the weights of its gradients, which makes the sum an average.", range: "true or false", default: false, schedulable: false };
const biasCorrection2_1: OptionDescription = { name: "biasCorrection2", meaning: "Correct the second moment.", range: "true or false", default: true, schedulable: false };
const momentum_15: OptionDescription = { name: "momentum", meaning: "Decay μ of the average of the scaled gradients; 0: none.", range: "in [0, 1)", default: 0.9, schedulable: true };
const beta_11: OptionDescription = { name: "beta", meaning: "Decay of the squares; 0: their sum.", range: "in [0, 1)", default: 0, schedulable: true };
const epsilon_43: OptionDescription = { name: "epsilon", meaning: "Added under the root.", range: "in [0, ∞)", default: 1e-30, schedulable: true };
const learningRate_45: OptionDescription = { name: "learningRate", meaning: "Step size: a number, or a schedule of the number of steps done.", range: "in (0, ∞)", default: 0.003, schedulable: true };
const epsilon_44: OptionDescription = { name: "epsilon", meaning: "Added to the root of the second moment.", range: "in [0, ∞)", default: 1e-8, schedulable: true };
const shampooBeta_1: OptionDescription = { name: "shampooBeta", meaning: "Decay s of the statistics; `null`: that of the second moment.", range: "in [0, 1), or null", default: null, schedulable: true };
const preconditionFrequency_1: OptionDescription = { name: "preconditionFrequency", meaning: "Steps from one refresh of the bases to the next.", range: "an integer in [1, ∞)", default: 10, schedulable: false };
const maxPreconditionDim_1: OptionDescription = { name: "maxPreconditionDim", meaning: "A longer axis has no basis; also the longest axis that merging makes.", range: "an integer in [1, ∞)", default: 10000, schedulable: false };
const mergeDims_2: OptionDescription = { name: "mergeDims", meaning: "Merge neighbouring axes as long as they stay within `maxPreconditionDim`.", range: "true or false", default: false, schedulable: false };
const precondition1d_1: OptionDescription = { name: "precondition1d", meaning: "Give vectors a basis as well.", range: "true or false", default: false, schedulable: false };
const normalizeGradient_1: OptionDescription = { name: "normalizeGradient", meaning: "Divide the step of each parameter by its root mean square.", range: "true or false", default: false, schedulable: false };
const correctBias_1: OptionDescription = { name: "correctBias", meaning: "Adam's correction of the bias.", range: "true or false", default: true, schedulable: false };
const learningRate_46: OptionDescription = { name: "learningRate", meaning: "Step size: a number, or a schedule of the number of steps done.", range: "in (0, ∞)", default: 0.0001, schedulable: true };
const beta1_22: OptionDescription = { name: "beta1", meaning: "Decay of the momentum.", range: "in [0, 1)", default: 0.965, schedulable: true };
const beta2_19: OptionDescription = { name: "beta2", meaning: "Decay of the average of squared sampled gradients.", range: "in [0, 1)", default: 0.99, schedulable: false };
const rho_7: OptionDescription = { name: "rho", meaning: "Scale of the curvature; larger, more elements move by less than the learning rate.", range: "in (0, ∞)", default: 0.04, schedulable: true };
const batchSize_1: OptionDescription = { name: "batchSize", meaning: "Labels that a sampled loss is the mean of: examples, or examples times length. A schedule may read it off a variable.", range: "in (0, ∞)", default: 5120, schedulable: true };
const updatePeriod_2: OptionDescription = { name: "updatePeriod", meaning: "Steps from one sampled loss to the next.", range: "an integer in [1, ∞)", default: 10, schedulable: false };
const seed_6: OptionDescription = { name: "seed", meaning: "Seed of the labels drawn; with the count of steps it settles them.", range: "an integer in [0, 9007199254740991]", default: 0, schedulable: false };
const learningRate_47: OptionDescription = { name: "learningRate", meaning: "Step size: a number, or a schedule of the number of steps done.", range: "in (0, ∞)", default: 0.06, schedulable: true };
const beta1_23: OptionDescription = { name: "beta1", meaning: "Decay of the momentum.", range: "in [0, 1)", default: 0.96, schedulable: true };
const beta2_20: OptionDescription = { name: "beta2", meaning: "Decay of the average of the Hessian's diagonal.", range: "in [0, 1)", default: 0.99, schedulable: true };
const p_1: OptionDescription = { name: "p", meaning: "Bound of the quotient (ρ of the paper): an element moves by at most learningRate·p.", range: "in (0, ∞)", default: 0.01, schedulable: true };
const epsilon_45: OptionDescription = { name: "epsilon", meaning: "Lower bound of the diagonal's average.", range: "in (0, ∞)", default: 1e-12, schedulable: true };
const updatePeriod_3: OptionDescription = { name: "updatePeriod", meaning: "Steps from one estimate to the next; the first step has one.", range: "an integer in [1, ∞)", default: 10, schedulable: false };
const hessianDistribution_2: OptionDescription = { name: "hessianDistribution", meaning: "Distribution of the elements of a probe.", range: "one of 'rademacher', 'gaussian'", default: "gaussian", schedulable: false };
const groups_1: OptionDescription = { name: "groups", meaning: "Variables with the optimizers they go to; the first group that matches a variable has it, and the base what matches none.", range: "an array of { match, optimizer }", default: [], schedulable: false };
const beta_12: OptionDescription = { name: "beta", meaning: "Exponent of the weights w.", range: "in [0, ∞)", default: 0.5, schedulable: true };
const memoryLength_1: OptionDescription = { name: "memoryLength", meaning: "Steps after which the averages start anew; `null`: never.", range: "an integer in [1, ∞), or null", default: 100, schedulable: false };
const proximal_1: OptionDescription = { name: "proximal", meaning: "λ: a pull towards the parameter as it is, away from its average.", range: "in [0, ∞)", default: 0, schedulable: true };
const epsilon_46: OptionDescription = { name: "epsilon", meaning: "Added to √v; its square is the least v that R is measured by.", range: "in (0, ∞)", default: 0.000001, schedulable: true };
const weightDecayMode_24: OptionDescription = { name: "weightDecayMode", meaning: "`'decoupled'`, `'corrected'` and `'independent'` shrink by s times as much.", range: "one of 'decoupled', 'coupled', 'independent', 'corrected'", default: "decoupled", schedulable: false };
const beta1_24: OptionDescription = { name: "beta1", meaning: "Decay of Adam's first moment, and momentum of SGD.", range: "in [0, 1)", default: 0.9, schedulable: true };
const beta2_21: OptionDescription = { name: "beta2", meaning: "Decay of the second moment and of the estimate.", range: "in [0, 1)", default: 0.999, schedulable: true };
const epsilon_47: OptionDescription = { name: "epsilon", meaning: "Added to √v, before any correction.", range: "in [0, ∞)", default: 1e-9, schedulable: true };
const switchTolerance_1: OptionDescription = { name: "switchTolerance", meaning: "Changes over when the estimate and its average differ by less than this.", range: "in [0, ∞)", default: 1e-9, schedulable: true };
const amsgrad_8: OptionDescription = { name: "amsgrad", meaning: "Adam: use the largest second moment so far.", range: "true or false", default: false, schedulable: false };
const nesterov_7: OptionDescription = { name: "nesterov", meaning: "SGD: Nesterov momentum.", range: "true or false", default: false, schedulable: false };
const adamD_3: OptionDescription = { name: "adamD", meaning: "Adam: do not divide the step by 1 − β₁ᵏ.", range: "true or false", default: false, schedulable: false };
const learningRate_48: OptionDescription = { name: "learningRate", meaning: "Step size; with `scaleParameter` the relative change of each tensor per step.", range: "in [0, ∞)", default: 0.001, schedulable: true };
const beta_13: OptionDescription = { name: "beta", meaning: "Momentum β.", range: "in [0, 1)", default: 0.965, schedulable: true };
const scaleParameter_2: OptionDescription = { name: "scaleParameter", meaning: "Scale steps by the size of the tensor; else s = learningRate, and vectors decay.", range: "true or false", default: true, schedulable: false };
const gradAccumSteps_1: OptionDescription = { name: "gradAccumSteps", meaning: "Calls k that make one step, along their mean gradient.", range: "an integer in [1, ∞)", default: 1, schedulable: false };
const shrinkRatio_1: OptionDescription = { name: "shrinkRatio", meaning: "What is left of a tensor for which a gradient with a NaN comes.", range: "in (0, 1]", default: 0.99, schedulable: true };
const weightDecay_12: OptionDescription = { name: "weightDecay", meaning: "Strength of the weight decay.", range: "in [0, ∞)", default: 0.01, schedulable: true };
const weightDecayMode_25: OptionDescription = { name: "weightDecayMode", meaning: "`'layerwise'` is the author's: part of the step, with its length, and none for vectors. The others act before the step, on every tensor.", range: "one of 'layerwise', 'decoupled', 'coupled', 'independent', 'corrected'", default: "layerwise", schedulable: false };
const kind_1: OptionDescription = { name: "kind", meaning: "Weights of the average: exponential, all alike (SWA), or a power of the number of the point.", range: "one of 'ema', 'uniform', 'polynomial'", default: "ema", schedulable: false };
const decay_3: OptionDescription = { name: "decay", meaning: "Of `'ema'`: share of the old average in the new one.", range: "in [0, 1)", default: 0.999, schedulable: false };
const warmup_1: OptionDescription = { name: "warmup", meaning: "Of `'ema'`: let the decay grow towards `decay`.", range: "true or false", default: false, schedulable: false };
const warmupGamma_1: OptionDescription = { name: "warmupGamma", meaning: "Of `'ema'` with `warmup`: points in which the decay comes to 1 − 2^(−warmupPower).", range: "in (0, ∞)", default: 1, schedulable: false };
const warmupPower_1: OptionDescription = { name: "warmupPower", meaning: "Of `'ema'` with `warmup`: how fast the decay grows.", range: "in (0, ∞)", default: 0.6666666666666666, schedulable: false };
const biasCorrection_5: OptionDescription = { name: "biasCorrection", meaning: "Of `'ema'`: weigh as if the average had begun at zero and were divided by 1 − decayⁿ.", range: "true or false", default: false, schedulable: false };
const eta_2: OptionDescription = { name: "eta", meaning: "Of `'polynomial'`: 0 weighs all points alike; the larger, the sooner early ones are forgotten.", range: "in [0, ∞)", default: 3, schedulable: false };
const start_1: OptionDescription = { name: "start", meaning: "Update after which the first point is taken; 0: the parameters before training are the first point.", range: "an integer in [0, ∞)", default: 1, schedulable: false };
const every_2: OptionDescription = { name: "every", meaning: "Updates from one point to the next.", range: "an integer in [1, ∞)", default: 1, schedulable: false };
const gamma_3: OptionDescription = { name: "gamma", meaning: "Weight of the sharpness, gamma/(1 − gamma); 0 is the base alone. In [0, 1).", range: "in [0, 1)", default: 0.9, schedulable: true };
const decouple_1: OptionDescription = { name: "decouple", meaning: "Whether the sharpness has a step of its own after that of the base.", range: "true or false", default: true, schedulable: false };
const maxNorm_2: OptionDescription = { name: "maxNorm", meaning: "Largest norm of either gradient, over all parameters; `null` for no limit. In (0, ∞).", range: "in (0, ∞), or null", default: null, schedulable: false };
const beta2_22: OptionDescription = { name: "beta2", meaning: "1 − β₂ is the gain of the second moment.", range: "in [0, 1)", default: 0.999, schedulable: true };
const epsilon_48: OptionDescription = { name: "epsilon", meaning: "Added to √v, before any correction; large on purpose.", range: "in [0, ∞)", default: 0.001, schedulable: true };
const initialAccumulator_4: OptionDescription = { name: "initialAccumulator", meaning: "First value of v.", range: "in (0, ∞)", default: 0.000001, schedulable: false };

export const optimizerDetails: Readonly<Record<string, OptimizerDetails>> = {
  A2Grad: { options: [variant_1, lips_1, beta_1, rho_1, scaling_1, weightDecay_1, weightDecayMode_1, parameterGroups_1, transforms_1], stateNumbers: 3 },
  AccSGD: { options: [learningRate_1, kappa_1, xi_1, constant_1, weightDecay_1, weightDecayMode_2, parameterGroups_1, transforms_1, maxLearningRate_1], stateNumbers: 1 },
  ACProp: { options: [learningRate_1, beta1_1, beta2_1, epsilon_1, momentumUpdate_1, amsgrad_1, rectify_1, degeneratedToSgd_1, weightDecay_1, weightDecayMode_3, parameterGroups_1, transforms_1, maxLearningRate_1], stateNumbers: 2 },
  AdaBelief: { options: [learningRate_1, beta1_1, beta2_1, epsilon_2, rectify_2, nSmaThreshold_1, degeneratedToSgd_2, amsgrad_1, adamD_1, adanorm_1, adanormR_1, weightDecay_1, weightDecayMode_3, parameterGroups_1, transforms_1, maxLearningRate_1], stateNumbers: 2 },
  AdaBound: { options: [learningRate_1, finalLearningRate_1, initialLearningRate_1, beta1_1, beta2_1, gamma_1, epsilon_3, amsgrad_2, adamD_1, weightDecay_1, weightDecayMode_2, parameterGroups_1, transforms_1, maxLearningRate_1], stateNumbers: 2 },
  AdaDelta: { options: [learningRate_2, rho_2, epsilon_4, weightDecay_1, weightDecayMode_2, parameterGroups_1, transforms_1, maxLearningRate_1], stateNumbers: 2 },
  AdaFactor: { options: [learningRate_3, relativeStep_1, warmupInit_1, scaleParameter_1, beta1_2, beta2_2, decayRate_1, clipThreshold_1, factored_1, minDimSizeToFactor_1, epsilon1_1, epsilon2_1, weightDecay_1, weightDecayMode_4, parameterGroups_1, transforms_1, maxLearningRate_1], stateNumbers: 1 },
  AdaGrad: { options: [learningRate_4, learningRateDecay_1, initialAccumulator_1, epsilon_5, epsilonPosition_1, weightDecay_1, weightDecayMode_2, parameterGroups_1, transforms_1, maxLearningRate_1], stateNumbers: 1 },
  AdaHessian: { options: [learningRate_5, beta1_1, beta2_3, epsilon_6, hessianPower_1, spatialAverageBlockSize_1, updatePeriod_1, numSamples_1, hessianDistribution_1, seed_1, weightDecay_1, weightDecayMode_3, parameterGroups_1, transforms_1, maxLearningRate_1], stateNumbers: 3 },
  Adai: { options: [learningRate_1, beta0_1, beta2_4, epsilon_7, stableWeightDecay_1, dampening_1, weightDecay_1, weightDecayMode_2, parameterGroups_1, transforms_1, maxLearningRate_1], stateNumbers: 3 },
  Adam: { options: [learningRate_1, beta1_1, beta2_1, epsilon_8, amsgrad_3, adamD_2, nesterov_1, weightDecay_1, weightDecayMode_2, parameterGroups_1, transforms_1, maxLearningRate_1], stateNumbers: 2 },
  AdamAtan2: { options: [learningRate_1, beta1_1, beta2_1, a_1, b_1, weightDecay_1, weightDecayMode_3, parameterGroups_1, transforms_1, maxLearningRate_1], stateNumbers: 2 },
  AdaMax: { options: [learningRate_6, beta1_1, beta2_5, epsilon_9, adamD_1, adanorm_1, adanormR_1, weightDecay_1, weightDecayMode_2, parameterGroups_1, transforms_1, maxLearningRate_1], stateNumbers: 2 },
  AdamD: { options: [learningRate_1, beta1_1, beta2_1, epsilon_8, amsgrad_3, nesterov_1, weightDecay_1, weightDecayMode_3, parameterGroups_1, transforms_1, maxLearningRate_1], stateNumbers: 2 },
  AdamMini: { options: [learningRate_1, beta1_1, beta2_1, epsilon_8, unitAxis_1, blocks_1, vectors_1, weightDecay_1, weightDecayMode_3, parameterGroups_1, transforms_1, maxLearningRate_1], stateNumbers: 1.03125 },
  AdaMod: { options: [learningRate_1, beta1_1, beta2_1, beta3_1, epsilon_3, adamD_1, weightDecay_1, weightDecayMode_3, parameterGroups_1, transforms_1, maxLearningRate_1], stateNumbers: 3 },
  AdamP: { options: [learningRate_1, beta1_1, beta2_1, epsilon_10, delta_1, wdRatio_1, nesterov_2, adamD_1, adanorm_1, adanormR_1, weightDecay_1, weightDecayMode_3, parameterGroups_1, transforms_1, maxLearningRate_1], stateNumbers: 2 },
  AdamS: { options: [learningRate_1, beta1_1, beta2_1, epsilon_11, amsgrad_4, adamD_1, adanorm_1, adanormR_1, weightDecay_2, parameterGroups_1, transforms_1], stateNumbers: 2 },
  AdaMuon: { options: [learningRate_7, momentum_1, nesterov_3, nsSteps_1, coefficients_1, epsilon_12, useMuon_1, adamwLearningRate_1, adamwBeta1_1, adamwBeta2_1, adamwEpsilon_1, adamwWeightDecay_1, weightDecay_1, weightDecayMode_3, parameterGroups_1, transforms_1, maxLearningRate_1, beta2_6, signFirst_1, normEpsilon_1, adjustLearningRate_1], stateNumbers: 2 },
  AdamW: { options: [learningRate_1, beta1_1, beta2_1, epsilon_8, amsgrad_3, adamD_2, nesterov_1, weightDecay_3, weightDecayMode_3, parameterGroups_1, transforms_1, maxLearningRate_1], stateNumbers: 2 },
  Adan: { options: [learningRate_1, beta1_3, beta2_7, beta3_2, epsilon_8, maxGradNorm_1, adanorm_1, adanormR_1, weightDecay_1, weightDecayMode_5, parameterGroups_1, transforms_1, maxLearningRate_1], stateNumbers: 4 },
  AdaNorm: { options: [learningRate_1, beta1_1, beta2_1, epsilon_13, r_1, amsgrad_5, adamD_1, weightDecay_1, weightDecayMode_2, parameterGroups_1, transforms_1, maxLearningRate_1], stateNumbers: 2.0009765625 },
  AdaPNM: { options: [learningRate_1, beta1_4, beta2_1, beta3_3, epsilon_8, amsgrad_6, adamD_1, adanorm_1, adanormR_1, weightDecay_1, weightDecayMode_3, parameterGroups_1, transforms_1, maxLearningRate_1], stateNumbers: 4 },
  AdaShift: { options: [learningRate_1, beta1_5, beta2_1, epsilon_14, keepNum_1, reduceFunc_1, weightDecay_1, weightDecayMode_3, parameterGroups_1, transforms_1, maxLearningRate_1], stateNumbers: 11.001953125 },
  AdaSmooth: { options: [learningRate_1, beta1_6, beta2_8, epsilon_15, window_1, weightDecay_1, weightDecayMode_2, parameterGroups_1, transforms_1, maxLearningRate_1], stateNumbers: 3 },
  AdEMAMix: { options: [learningRate_1, beta1_7, beta2_1, epsilon_8, beta3_4, alpha_1, alphaWarmup_1, beta3Warmup_1, weightDecay_1, weightDecayMode_3, parameterGroups_1, transforms_1, maxLearningRate_1], stateNumbers: 3 },
  ADOPT: { options: [learningRate_1, beta1_1, beta2_9, epsilon_16, clipExponent_1, nesterov_4, weightDecay_1, weightDecayMode_2, parameterGroups_1, transforms_1, maxLearningRate_1], stateNumbers: 2 },
  AggMo: { options: [learningRate_8, betas_1, weightDecay_1, weightDecayMode_2, parameterGroups_1, transforms_1, maxLearningRate_1], stateNumbers: 3 },
  AliG: { options: [maxLearningRate_2, momentum_2, adjustedMomentum_1, epsilon_17, maxNorm_1, projection_1, weightDecay_1, weightDecayMode_6, parameterGroups_1, transforms_1], stateNumbers: 0 },
  Amos: { options: [learningRate_9, beta_2, scale_1, reduction_1, momentum_3, clipValue_1, cCoef_1, dCoef_1, extraL2_1, epsilon_18, parameterGroups_1, transforms_1], stateNumbers: 2.0009765625 },
  AMSGrad: { options: [learningRate_1, beta1_1, beta2_1, epsilon_8, adamD_2, nesterov_1, weightDecay_1, weightDecayMode_3, parameterGroups_1, transforms_1, maxLearningRate_1], stateNumbers: 3 },
  Apollo: { options: [learningRate_10, warmupSteps_1, initLr_1, beta_3, epsilon_19, rebound_1, weightDecayType_1, weightDecay_1, parameterGroups_1, transforms_1], stateNumbers: 3 },
  ArmijoSGD: { options: [maxLearningRate_3, initialStep_1, c_1, beta_4, reset_1, growth_1, stepsPerEpoch_1, maxBacktracks_1, momentum_4, trials_1, weightDecay_1, weightDecayMode_7, parameterGroups_1, transforms_1], stateNumbers: 0 },
  ASAM: { options: [rho_3, eta_1, excludeBias_1, perturbEpsilon_1], stateNumbers: 0 },
  ASGD: { options: [learningRate_11, amplifier_1, theta_1, dampening_2, epsilon_20, weightDecay_1, weightDecayMode_2, parameterGroups_1, transforms_1, maxLearningRate_1], stateNumbers: 2 },
  AvaGrad: { options: [learningRate_8, beta1_1, beta2_1, epsilon_21, adamD_1, weightDecay_1, weightDecayMode_2, parameterGroups_1, transforms_1, maxLearningRate_1], stateNumbers: 2 },
  BCOS: { options: [learningRate_1, mode_1, beta_5, beta2_10, simpleCondition_1, epsilon_22, weightDecay_4, weightDecayMode_3, parameterGroups_1, transforms_1, maxLearningRate_1], stateNumbers: 1 },
  CAME: { options: [learningRate_12, beta1_8, beta2_1, beta3_5, clipThreshold_2, epsilon1_2, epsilon2_2, weightDecay_1, weightDecayMode_3, parameterGroups_1, transforms_1, maxLearningRate_1], stateNumbers: 1.125 },
  COCOB: { options: [learningRate_13, alpha_2, epsilon_23, weightDecay_1, weightDecayMode_8, parameterGroups_1, transforms_1], stateNumbers: 5 },
  DAdaptAdaGrad: { options: [learningRate_14, d0_1, growthRate_1, momentum_5, epsilon_24, weightDecay_1, weightDecayMode_9, parameterGroups_1, transforms_1], stateNumbers: 3 },
  DAdaptAdam: { options: [learningRate_14, d0_1, growthRate_1, beta1_1, beta2_1, epsilon_25, biasCorrection_1, weightDecay_1, weightDecayMode_10, parameterGroups_1, transforms_1], stateNumbers: 3 },
  DAdaptAdan: { options: [learningRate_14, d0_1, growthRate_1, beta1_9, beta2_11, beta3_2, epsilon_25, noProx_1, weightDecay_5, parameterGroups_1, transforms_1], stateNumbers: 5 },
  DAdaptLion: { options: [learningRate_15, d0_1, beta1_10, beta2_12, weightDecay_1, weightDecayMode_11, parameterGroups_1, transforms_1], stateNumbers: 2 },
  DAdaptSGD: { options: [learningRate_14, d0_1, growthRate_1, momentum_5, weightDecay_1, weightDecayMode_9, parameterGroups_1, transforms_1], stateNumbers: 2 },
  DiffGrad: { options: [learningRate_1, beta1_1, beta2_1, epsilon_3, amsgrad_3, rectify_1, nSmaThreshold_1, degeneratedToSgd_2, adamD_1, adanorm_1, adanormR_1, weightDecay_1, weightDecayMode_2, parameterGroups_1, transforms_1, maxLearningRate_1], stateNumbers: 3 },
  DoG: { options: [learningRate_16, repsRel_1, initialStep_2, epsilon_26, weightDecay_1, weightDecayMode_12, parameterGroups_1, transforms_1], stateNumbers: 1 },
  DoWG: { options: [learningRate_17, epsilon_27, initialSquaredDistance_1, weightDecay_1, weightDecayMode_12, parameterGroups_1, transforms_1], stateNumbers: 1 },
  FriendlySAM: { options: [rho_4, adaptive_1, perturbEpsilon_2, sigma_1, lambda_1], stateNumbers: 1 },
  Fromage: { options: [learningRate_18, pBound_1, weightDecay_1, weightDecayMode_3, parameterGroups_1, transforms_1, maxLearningRate_1], stateNumbers: 0 },
  FTRL: { options: [learningRate_19, learningRatePower_1, initialAccumulator_2, l1_1, l2_1, l2Shrinkage_1, beta_6, parameterGroups_1, transforms_1], stateNumbers: 2 },
  GaLore: { options: [rank_1, updateGap_1, scale_2, weightDecay_6, useGaLore_1], stateNumbers: 1 },
  GPA: { options: [trainInterpolation_1, evalInterpolation_1], stateNumbers: 1 },
  GradientAccumulation: { options: [every_1, reduce_1, skipNonFinite_1], stateNumbers: 0 },
  Gravity: { options: [learningRate_20, alpha_3, beta_7, seed_2, initialVelocity_1, weightDecay_1, weightDecayMode_3, parameterGroups_1, transforms_1, maxLearningRate_1], stateNumbers: 1 },
  GSAM: { options: [rho_4, adaptive_1, perturbEpsilon_2, alpha_4], stateNumbers: 0 },
  Kron: { options: [learningRate_21, momentum_6, preconditionerUpdateProbability_1, maxSizeTriangular_1, minNdimTriangular_1, memorySaveMode_1, momentumIntoPreconditionUpdate_1, preconditionLearningRate_1, preconditionInitScale_1, mergeDims_1, balanceProbability_1, seed_3, weightDecay_1, weightDecayMode_3, parameterGroups_1, transforms_1, maxLearningRate_1], stateNumbers: 3 },
  Lamb: { options: [learningRate_22, beta1_1, beta2_1, epsilon_28, biasCorrection_2, gradAveraging_1, maxGradNorm_1, clampValue_1, adam_1, weightDecay_1, weightDecayMode_13, parameterGroups_1, transforms_1, maxLearningRate_1], stateNumbers: 2 },
  LaProp: { options: [learningRate_23, beta1_11, beta2_1, epsilon_29, amsgrad_3, centered_1, stepsBeforeUsingCentered_1, weightDecay_1, weightDecayMode_14, parameterGroups_1, transforms_1, maxLearningRate_1], stateNumbers: 2.0009765625 },
  LARS: { options: [learningRate_24, momentum_7, dampening_3, nesterov_5, trustCoefficient_1, epsilon_30, excludeVectors_1, weightDecay_1, weightDecayMode_15, parameterGroups_1, transforms_1, maxLearningRate_1], stateNumbers: 1 },
  LBFGS: { options: [learningRate_25, historySize_1, lineSearch_1, maxIterations_1, maxEvaluations_1, toleranceGrad_1, toleranceChange_1, weightDecay_7, weightDecayMode_16, parameterGroups_1, transforms_1], stateNumbers: 22.208984375 },
  LDoG: { options: [learningRate_16, repsRel_1, initialStep_2, epsilon_26, weightDecay_1, weightDecayMode_12, parameterGroups_1, transforms_1], stateNumbers: 1.001953125 },
  LevenbergMarquardt: { options: [learningRate_26, damping_1, dampingUp_1, dampingDown_1, dampingMin_1, dampingMax_1, scaling_2, maxAttempts_1, weightDecay_8, weightDecayMode_17, parameterGroups_1, transforms_1, jacobian_1], stateNumbers: 0 },
  Lion: { options: [learningRate_27, beta1_12, beta2_12, adanorm_1, adanormR_1, weightDecay_1, weightDecayMode_3, parameterGroups_1, transforms_1, maxLearningRate_1], stateNumbers: 1 },
  Lookahead: { options: [k_1, alpha_5, pullbackMomentum_1], stateNumbers: 1 },
  LookSAM: { options: [rho_5, k_2, alpha_6, perturbEpsilon_3], stateNumbers: 1 },
  MADGRAD: { options: [learningRate_28, momentum_8, epsilon_31, weightDecay_1, weightDecayMode_18, parameterGroups_1, transforms_1, maxLearningRate_1], stateNumbers: 3 },
  MARS: { options: [learningRate_29, beta1_13, beta2_13, epsilon_8, gamma_2, variant_2, amsgrad_3, optimize1d_1, adamwBeta1_2, adamwBeta2_2, adamwWeightDecay_2, adamwLearningRateFactor_1, weightDecay_1, weightDecayMode_3, parameterGroups_1, transforms_1, maxLearningRate_1], stateNumbers: 3 },
  Mechanic: { options: [betas_2, sInit_1, decay_1, epsilon_32, clip_1, storeDelta_1], stateNumbers: 2 },
  MoMo: { options: [learningRate_30, lowerBound_1, estimateLowerBound_1, weightDecay_1, weightDecayMode_19, parameterGroups_1, transforms_1, maxLearningRate_1, beta_8, biasCorrection_3], stateNumbers: 1 },
  MoMoAdam: { options: [learningRate_31, lowerBound_1, estimateLowerBound_1, weightDecay_1, weightDecayMode_19, parameterGroups_1, transforms_1, maxLearningRate_1, beta1_14, beta2_1, epsilon_8], stateNumbers: 2 },
  MSAM: { options: [rho_6], stateNumbers: 1 },
  MSVAG: { options: [learningRate_4, beta_9, weightDecay_1, weightDecayMode_3, parameterGroups_1, transforms_1, maxLearningRate_1], stateNumbers: 2 },
  Muon: { options: [learningRate_32, momentum_1, nesterov_3, nsSteps_1, coefficients_1, epsilon_12, useMuon_1, adamwLearningRate_1, adamwBeta1_1, adamwBeta2_1, adamwEpsilon_1, adamwWeightDecay_1, weightDecay_1, weightDecayMode_3, parameterGroups_1, transforms_1, maxLearningRate_1, nsCoefficients_1, adjustLearningRate_2], stateNumbers: 1 },
  NAdam: { options: [learningRate_6, beta1_15, beta2_1, epsilon_8, momentumDecay_1, weightDecay_1, weightDecayMode_2, parameterGroups_1, transforms_1, maxLearningRate_1], stateNumbers: 2 },
  Nero: { options: [learningRate_33, beta_10, constraints_1, epsilon_33, weightDecay_1, weightDecayMode_3, parameterGroups_1, transforms_1, maxLearningRate_1], stateNumbers: 0.0322265625 },
  NorMuon: { options: [learningRate_32, momentum_1, nesterov_3, nsSteps_1, coefficients_1, epsilon_12, useMuon_1, adamwLearningRate_1, adamwBeta1_1, adamwBeta2_1, adamwEpsilon_1, adamwWeightDecay_1, weightDecay_1, weightDecayMode_3, parameterGroups_1, transforms_1, maxLearningRate_1, beta2_14, normEpsilon_2, adjustLearningRate_3], stateNumbers: 1.03125 },
  NovoGrad: { options: [learningRate_1, beta1_16, beta2_15, epsilon_34, gradAveraging_2, amsgrad_7, weightDecay_1, weightDecayMode_20, parameterGroups_1, transforms_1, maxLearningRate_1], stateNumbers: 1.0009765625 },
  OptimisticAdam: { options: [learningRate_1, beta1_1, beta2_1, epsilon_8, alpha_7, optimism_1, doubleFirstStep_1, weightDecay_1, weightDecayMode_3, parameterGroups_1, transforms_1, maxLearningRate_1], stateNumbers: 3 },
  PAdam: { options: [learningRate_34, beta1_1, beta2_1, epsilon_35, partial_1, amsgrad_6, weightDecay_1, weightDecayMode_2, parameterGroups_1, transforms_1, maxLearningRate_1], stateNumbers: 3 },
  PCGrad: { options: [reduction_2, seed_4], stateNumbers: 0 },
  PID: { options: [learningRate_1, momentum_9, dampening_4, integral_1, derivative_1, weightDecay_1, weightDecayMode_2, parameterGroups_1, transforms_1, maxLearningRate_1], stateNumbers: 3 },
  PNM: { options: [learningRate_1, beta1_17, beta2_16, weightDecay_1, weightDecayMode_3, parameterGroups_1, transforms_1, maxLearningRate_1], stateNumbers: 2 },
  PolyakSGD: { options: [learningRate_35, c_2, maxLearningRate_4, lowerBound_2, epsilon_36, growth_2, stepsPerEpoch_1, initialStep_3, weightDecay_1, weightDecayMode_21, parameterGroups_1, transforms_1], stateNumbers: 0 },
  Prodigy: { options: [learningRate_14, beta1_18, beta2_1, beta3_6, epsilon_37, biasCorrection_1, safeguardWarmup_1, d0_1, dCoef_2, growthRate_2, sliceP_1, weightDecay_1, weightDecayMode_22, parameterGroups_1, transforms_1], stateNumbers: 4 },
  QHAdam: { options: [learningRate_1, beta1_1, beta2_1, nu1_1, nu2_1, epsilon_38, weightDecay_1, weightDecayMode_2, parameterGroups_1, transforms_1, maxLearningRate_1], stateNumbers: 2 },
  QHM: { options: [learningRate_1, momentum_10, nu_1, weightDecay_1, weightDecayMode_2, parameterGroups_1, transforms_1, maxLearningRate_1], stateNumbers: 1 },
  RAdam: { options: [learningRate_1, beta1_1, beta2_17, epsilon_3, nSmaThreshold_1, degeneratedToSgd_3, adamD_1, adanorm_1, adanormR_1, weightDecay_1, weightDecayMode_3, parameterGroups_1, transforms_1, maxLearningRate_1], stateNumbers: 2 },
  Ranger: { options: [learningRate_1, beta1_19, beta2_17, epsilon_39, nSmaThreshold_2, degeneratedToSgd_4, adamD_1, adanorm_1, adanormR_1, weightDecay_1, weightDecayMode_3, parameterGroups_1, transforms_1, maxLearningRate_1, k_3, alpha_8, centralizeGradients_1, gcConvOnly_1], stateNumbers: 3 },
  Ranger21: { options: [numIterations_1, learningRate_36, beta1_4, beta2_1, beta0_2, epsilon_40, useSoftplus_1, betaSoftplus_1, agcClippingValue_1, agcEps_1, centralizeGradients_2, normalizeGradients_1, normLossFactor_1, lookaheadMergeTime_1, lookaheadBlendingAlpha_1, numWarmUpIterations_1, numWarmDownIterations_1, warmDownMinLr_1, disableLrScheduler_1, adamD_1, weightDecay_9, parameterGroups_1, transforms_1], stateNumbers: 5 },
  RMSProp: { options: [learningRate_4, decay_2, momentum_11, nesterov_4, centered_2, epsilon_41, epsilonPosition_2, initialAccumulator_3, biasCorrection_4, learningRateInMomentum_1, weightDecay_1, weightDecayMode_2, parameterGroups_1, transforms_1, maxLearningRate_1], stateNumbers: 1 },
  RotoGrad: { options: [method_1, latentSize_1, burnInPeriod_1, normalizeLosses_1, alpha_9, initialRotations_1, seed_5], stateNumbers: 0 },
  Rprop: { options: [learningRate_37, etaMinus_1, etaPlus_1, minStepSize_1, maxStepSize_1, weightDecay_1, weightDecayMode_23, parameterGroups_1, transforms_1, maxLearningRate_1], stateNumbers: 2 },
  SAM: { options: [rho_4, adaptive_1, perturbEpsilon_2], stateNumbers: 0 },
  ScalableShampoo: { options: [learningRate_38, beta1_11, beta2_18, graftType_1, blockSize_1, shapeInterpretation_1, mergeSmallDimsBlockSize_1, preconditionerType_1, startPreconditioningStep_1, preconditioningComputeSteps_1, statisticsComputeSteps_1, inverseExponentOverride_1, matrixEpsilon_1, diagonalEpsilon_1, noPreconditioningForLayersWithDimGt_1, skipPreconditioningRankLt_1, nesterov_3, movingAverageForMomentum_1, decoupledLearningRate_1, weightDecay_1, weightDecayMode_2, parameterGroups_1, transforms_1, maxLearningRate_1], stateNumbers: 258 },
  ScheduleFreeAdamW: { options: [learningRate_39, r_2, weightLrPower_1, weightDecay_10, parameterGroups_1, transforms_1, warmupSteps_2, beta1_20, beta2_1, epsilon_8, innerMomentum_1], stateNumbers: 2 },
  ScheduleFreeRAdam: { options: [learningRate_40, r_2, weightLrPower_1, weightDecay_10, parameterGroups_1, transforms_1, beta1_20, beta2_1, epsilon_8, silentSgdPhase_1], stateNumbers: 2 },
  ScheduleFreeSGD: { options: [learningRate_41, r_2, weightLrPower_1, weightDecay_11, parameterGroups_1, transforms_1, warmupSteps_2, momentum_12], stateNumbers: 1 },
  SCION: { options: [learningRate_42, alpha_10, radius_1, norm_1, normalized_1, atLeastOne_1, transposed_1, nsSteps_2, unconstrained_1, weightDecay_1, weightDecayMode_3, parameterGroups_1, transforms_1, maxLearningRate_1], stateNumbers: 1 },
  SCIONLight: { options: [learningRate_42, alpha_10, radius_1, norm_1, normalized_1, atLeastOne_1, transposed_1, nsSteps_2, unconstrained_1, weightDecay_1, weightDecayMode_3, parameterGroups_1, transforms_1, maxLearningRate_1], stateNumbers: 1 },
  SGDP: { options: [learningRate_1, momentum_2, dampening_5, nesterov_6, delta_2, wdRatio_1, epsilon_42, weightDecay_1, weightDecayMode_3, parameterGroups_1, transforms_1, maxLearningRate_1], stateNumbers: 1 },
  SGDW: { options: [learningRate_1, momentum_2, dampening_3, nesterov_5, weightDecay_1, weightDecayMode_3, parameterGroups_1, transforms_1, maxLearningRate_1], stateNumbers: 0 },
  Shampoo: { options: [learningRate_43, momentum_13, matrixEpsilon_2, preconditioningComputeSteps_1, maxMatrixSize_1, weightDecay_1, weightDecayMode_2, parameterGroups_1, transforms_1, maxLearningRate_1], stateNumbers: 4 },
  SignSGD: { options: [learningRate_1, momentum_14, weightDecay_1, weightDecayMode_3, parameterGroups_1, transforms_1, maxLearningRate_1], stateNumbers: 1 },
  SimplifiedAdEMAMix: { options: [learningRate_44, beta1_21, beta2_6, epsilon_8, alpha_11, beta1Warmup_1, minBeta1_1, biasCorrection1_1, biasCorrection2_1, weightDecay_1, weightDecayMode_3, parameterGroups_1, transforms_1, maxLearningRate_1], stateNumbers: 2 },
  SM3: { options: [learningRate_8, momentum_15, beta_11, epsilon_43, weightDecay_1, weightDecayMode_3, parameterGroups_1, transforms_1, maxLearningRate_1], stateNumbers: 1.0625 },
  SOAP: { options: [learningRate_45, beta1_19, beta2_6, epsilon_44, shampooBeta_1, preconditionFrequency_1, maxPreconditionDim_1, mergeDims_2, precondition1d_1, normalizeGradient_1, correctBias_1, weightDecay_3, weightDecayMode_3, parameterGroups_1, transforms_1, maxLearningRate_1], stateNumbers: 6 },
  SophiaG: { options: [learningRate_46, beta1_22, beta2_19, rho_7, batchSize_1, updatePeriod_2, seed_6, weightDecay_4, weightDecayMode_3, parameterGroups_1, transforms_1, maxLearningRate_1], stateNumbers: 2 },
  SophiaH: { options: [learningRate_47, beta1_23, beta2_20, p_1, epsilon_45, updatePeriod_3, numSamples_1, hessianDistribution_2, seed_1, weightDecay_1, weightDecayMode_3, parameterGroups_1, transforms_1, maxLearningRate_1], stateNumbers: 2 },
  Split: { options: [groups_1], stateNumbers: 0 },
  SRMM: { options: [learningRate_20, beta_12, memoryLength_1, proximal_1, weightDecay_1, weightDecayMode_3, parameterGroups_1, transforms_1, maxLearningRate_1], stateNumbers: 2 },
  StableAdamW: { options: [learningRate_1, beta1_1, beta2_4, epsilon_46, weightDecay_3, weightDecayMode_24, parameterGroups_1, transforms_1, maxLearningRate_1], stateNumbers: 2 },
  SWATS: { options: [learningRate_1, beta1_24, beta2_21, epsilon_47, switchTolerance_1, amsgrad_8, nesterov_7, adamD_3, adanorm_1, adanormR_1, weightDecay_1, weightDecayMode_2, parameterGroups_1, transforms_1, maxLearningRate_1], stateNumbers: 3 },
  Tiger: { options: [learningRate_48, beta_13, scaleParameter_2, gradAccumSteps_1, shrinkRatio_1, weightDecay_12, weightDecayMode_25, parameterGroups_1, transforms_1, maxLearningRate_1], stateNumbers: 1.0009765625 },
  WeightAveraging: { options: [kind_1, decay_3, warmup_1, warmupGamma_1, warmupPower_1, biasCorrection_5, eta_2, start_1, every_2], stateNumbers: 1 },
  WSAM: { options: [rho_4, adaptive_1, perturbEpsilon_2, gamma_3, decouple_1, maxNorm_2], stateNumbers: 0 },
  Yogi: { options: [learningRate_4, beta1_1, beta2_22, epsilon_48, initialAccumulator_4, adamD_1, adanorm_1, adanormR_1, weightDecay_1, weightDecayMode_3, parameterGroups_1, transforms_1, maxLearningRate_1], stateNumbers: 2 },
};
