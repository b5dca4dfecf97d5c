// SPDX-License-Identifier: Apache-2.0
// What the project is to hold: a row per published package. A test compares it with what is there.

export interface Row {
  /** Below `packages/`; the last part is the name behind `@optim/`. */
  readonly folder: string;
  /** Classes, of `@optim/hooks` functions, that are algorithms. */
  readonly exports: readonly string[];
  /** SPDX id; Apache-2.0 when absent. */
  readonly license?: string;
  /** `false`: not in `@optim/all`, since its licence or that of the authors' code is not permissive. */
  readonly umbrella?: false;
  /** Not there yet. */
  readonly planned?: true;
}

export const scope: readonly Row[] = [
  { folder: 'adam/adabelief', exports: ['AdaBelief'] },
  { folder: 'adam/adabound', exports: ['AdaBound'] },
  { folder: 'adam/adai', exports: ['Adai'] },
  { folder: 'adam/adamax', exports: ['AdaMax'] },
  { folder: 'adam/adamod', exports: ['AdaMod'] },
  { folder: 'adam/adamp', exports: ['AdamP'] },
  { folder: 'adam/adams', exports: ['AdamS'] },
  { folder: 'adam/adamw', exports: ['AdamW', 'AMSGrad', 'AdamD'] },
  { folder: 'adam/adan', exports: ['Adan'] },
  { folder: 'adam/adanorm', exports: ['AdaNorm'] },
  { folder: 'adam/adapnm', exports: ['AdaPNM'] },
  { folder: 'adam/adashift', exports: ['AdaShift'] },
  { folder: 'adam/avagrad', exports: ['AvaGrad'] },
  { folder: 'adam/diffgrad', exports: ['DiffGrad'] },
  { folder: 'adam/laprop', exports: ['LaProp'] },
  { folder: 'adam/nadam', exports: ['NAdam'] },
  { folder: 'adam/qhadam', exports: ['QHAdam'] },
  { folder: 'adam/radam', exports: ['RAdam'] },
  { folder: 'adam/ranger', exports: ['Ranger'] },
  { folder: 'adam/ranger21', exports: ['Ranger21'] },
  { folder: 'adam/swats', exports: ['SWATS'] },
  { folder: 'adam/yogi', exports: ['Yogi'] },
  { folder: 'adaptive/a2grad', exports: ['A2Grad'] },
  { folder: 'adaptive/adadelta', exports: ['AdaDelta'] },
  { folder: 'adaptive/adafactor', exports: ['AdaFactor'] },
  { folder: 'adaptive/adasmooth', exports: ['AdaSmooth'] },
  { folder: 'adaptive/amos', exports: ['Amos'] },
  { folder: 'adaptive/apollo', exports: ['Apollo'] },
  { folder: 'adaptive/came', exports: ['CAME'] },
  { folder: 'adaptive/madgrad', exports: ['MADGRAD'] },
  { folder: 'adaptive/sm3', exports: ['SM3'] },
  { folder: 'momentum/accsgd', exports: ['AccSGD'] },
  { folder: 'momentum/aggmo', exports: ['AggMo'] },
  { folder: 'momentum/asgd', exports: ['ASGD'] },
  { folder: 'momentum/gravity', exports: ['Gravity'], umbrella: false },
  { folder: 'momentum/lion', exports: ['Lion'] },
  { folder: 'momentum/msvag', exports: ['MSVAG'] },
  { folder: 'momentum/pid', exports: ['PID'] },
  { folder: 'momentum/pnm', exports: ['PNM'] },
  { folder: 'momentum/qhm', exports: ['QHM'] },
  { folder: 'momentum/sgdp', exports: ['SGDP'] },
  { folder: 'momentum/sgdw', exports: ['SGDW'] },
  { folder: 'momentum/signsgd', exports: ['SignSGD'] },
  { folder: 'momentum/srmm', exports: ['SRMM'] },
  { folder: 'momentum/tiger', exports: ['Tiger'] },
  { folder: 'layerwise/fromage', exports: ['Fromage'], license: 'CC-BY-NC-SA-4.0', umbrella: false },
  { folder: 'layerwise/lamb', exports: ['Lamb'] },
  { folder: 'layerwise/lars', exports: ['LARS'] },
  { folder: 'layerwise/nero', exports: ['Nero'], license: 'CC-BY-NC-SA-4.0', umbrella: false },
  { folder: 'layerwise/novograd', exports: ['NovoGrad'] },
  { folder: 'learning-rate-free/alig', exports: ['AliG'] },
  {
    folder: 'learning-rate-free/dadaptation',
    exports: ['DAdaptAdaGrad', 'DAdaptAdam', 'DAdaptAdan', 'DAdaptLion', 'DAdaptSGD'],
  },
  { folder: 'learning-rate-free/prodigy', exports: ['Prodigy'] },
  { folder: 'learning-rate-free/schedulefree', exports: ['ScheduleFreeAdamW', 'ScheduleFreeSGD'] },
  { folder: 'sam/asam', exports: ['ASAM'] },
  { folder: 'sam/friendlysam', exports: ['FriendlySAM'], planned: true },
  { folder: 'sam/gsam', exports: ['GSAM'], planned: true },
  { folder: 'sam/looksam', exports: ['LookSAM'], planned: true },
  { folder: 'sam/sam', exports: ['SAM'] },
  { folder: 'sam/wsam', exports: ['WSAM'], planned: true },
  { folder: 'second-order/adahessian', exports: ['AdaHessian'], planned: true },
  { folder: 'second-order/hessian', exports: [], planned: true },
  { folder: 'second-order/kron', exports: ['Kron'], planned: true },
  { folder: 'second-order/muon', exports: ['Muon'], planned: true },
  { folder: 'second-order/scalableshampoo', exports: ['ScalableShampoo'], planned: true },
  { folder: 'second-order/shampoo', exports: ['Shampoo'], planned: true },
  { folder: 'second-order/soap', exports: ['SOAP'], planned: true },
  { folder: 'second-order/sophia', exports: ['SophiaG', 'SophiaH'], planned: true },
  { folder: 'multitask/pcgrad', exports: ['PCGrad'], planned: true },
  { folder: 'multitask/rotograd', exports: ['RotoGrad'], planned: true },
  { folder: 'wrappers/lookahead', exports: ['Lookahead'] },
  { folder: 'core', exports: [] },
  { folder: 'fusion', exports: [] },
  {
    folder: 'hooks',
    exports: [
      'clipByGlobalNorm',
      'clipByValue',
      'centralizeGradients',
      'adaptiveGradientClipping',
      'normalizeGradients',
      'normLoss',
      'cautious',
      'stableWeightDecay',
      'skipNonFinite',
    ],
  },
  { folder: 'schedules', exports: [] },
  { folder: 'all', exports: [] },
];

/** Golden files, where they are not named as the export is. */
export const goldens: Readonly<Record<string, string>> = {
  clipByGlobalNorm: 'GlobalNormClip',
  centralizeGradients: 'GradientCentralization',
  adaptiveGradientClipping: 'AdaptiveGradientClipping',
  normalizeGradients: 'GradientNormalization',
  normLoss: 'NormLoss',
  cautious: 'Cautious',
  stableWeightDecay: 'StableWeightDecay',
};

/** Algorithms that no other implementation gives numbers for, and why. */
export const withoutGolden: Readonly<Record<string, string>> = {
  clipByValue: 'one clamp, tested by hand-computed numbers',
  skipNonFinite: 'leaves the step out, tested by hand-computed numbers',
};
