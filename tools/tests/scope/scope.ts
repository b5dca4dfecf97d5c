// SPDX-License-Identifier: Apache-2.0
// What the project is to hold, as it was agreed; a row may stay when its package is there.

export interface Row {
  /** Below `packages/`; the last part is the name behind `@optim/`. */
  readonly folder: string;
  /** Classes; none of a foundation, which lies in `packages/NAME`. */
  readonly exports: readonly string[];
}

export const planned: readonly Row[] = [
  { folder: 'wrappers/accumulation', exports: ['GradientAccumulation'] },
  { folder: 'wrappers/averaging', exports: ['WeightAveraging'] },
  { folder: 'wrappers/galore', exports: ['GaLore'] },
  { folder: 'wrappers/gpa', exports: ['GPA'] },
  { folder: 'wrappers/mechanic', exports: ['Mechanic'] },
  { folder: 'wrappers/split', exports: ['Split'] },
  { folder: 'sam/friendlysam', exports: ['FriendlySAM'] },
  { folder: 'sam/gsam', exports: ['GSAM'] },
  { folder: 'sam/looksam', exports: ['LookSAM'] },
  { folder: 'sam/wsam', exports: ['WSAM'] },
  { folder: 'second-order/adahessian', exports: ['AdaHessian'] },
  { folder: 'second-order/kron', exports: ['Kron'] },
  { folder: 'second-order/lbfgs', exports: ['LBFGS'] },
  { folder: 'second-order/levenbergmarquardt', exports: ['LevenbergMarquardt'] },
  { folder: 'second-order/muon', exports: ['AdaMuon', 'Muon', 'NorMuon'] },
  { folder: 'second-order/scalableshampoo', exports: ['ScalableShampoo'] },
  { folder: 'second-order/scion', exports: ['SCION', 'SCIONLight'] },
  { folder: 'second-order/shampoo', exports: ['Shampoo'] },
  { folder: 'second-order/soap', exports: ['SOAP'] },
  { folder: 'second-order/sophia', exports: ['SophiaG', 'SophiaH'] },
  { folder: 'multitask/pcgrad', exports: ['PCGrad'] },
  { folder: 'multitask/rotograd', exports: ['RotoGrad'] },
  { folder: 'formulas', exports: [] },
  { folder: 'kronecker', exports: [] },
  { folder: 'contract', exports: [] },
  { folder: 'wrapper', exports: [] },
  { folder: 'distributed', exports: [] },
  { folder: 'evaluation', exports: [] },
  { folder: 'exchange', exports: [] },
  { folder: 'full-batch', exports: [] },
  { folder: 'hessian', exports: [] },
  { folder: 'inspector', exports: [] },
  { folder: 'linalg', exports: [] },
];
