// SPDX-License-Identifier: Apache-2.0

/**
 * The state of an optimizer to and from PyTorch and Keras 3: a training that was begun there goes on here, and the other way
 * round, step for step but for the rounding of float32.
 *
 * - {@link fromTorch} and {@link toTorch}: `optimizer.state_dict()` in a safetensors file.
 * - {@link fromKeras} and {@link toKeras}: the variables of an optimizer in an .npz file; from a .keras or .weights.h5 file, too.
 * - {@link readSafetensors}, {@link writeSafetensors}, {@link readNpz}, {@link writeNpz}, {@link readHdf5}: the files themselves, with nothing but
 *   tensors by name.
 *
 * ```ts
 * import { AdamW } from '@optim/adamw';
 * import { fromTorch, toTorch } from '@optim/exchange';
 *
 * const parameters = { 'fc.weight': 'dense/kernel', 'fc.bias': 'dense/bias' };
 *
 * const fromPyTorch = async (file: Uint8Array): Promise<AdamW> => {
 *   const { options, state } = fromTorch(file, AdamW, { parameters });
 *   const optimizer = new AdamW(options);
 *   await optimizer.loadStateDict(state);
 *   return optimizer;
 * };
 * const toPyTorch = async (optimizer: AdamW): Promise<Uint8Array> =>
 *   toTorch(await optimizer.stateDict(), { parameters });
 * ```
 *
 * The script for the other side, and what each class corresponds to: docs/exchange.md in the repository.
 *
 * @packageDocumentation
 */

export type { Exchanged } from './exchanged.js';
export { fromKeras, type FromKerasOptions } from './from-keras.js';
export { fromTorch, type FromTorchOptions } from './from-torch.js';
export { readHdf5 } from './hdf5.js';
export { kerasEpsilon, type KerasEpsilonOptions } from './keras-schedules.js';
export { kerasRelativeRate, type KerasRelativeRateOptions } from './keras-schedules.js';
export type { Layout } from './layout.js';
export { readNpz, writeNpz } from './npz.js';
export type { Dtype, FileTensor, Numbers } from './numbers.js';
export type { ParameterEntry, ParameterTable } from './parameters.js';
export { readSafetensors, writeSafetensors, type Safetensors } from './safetensors.js';
export type { Target } from './target.js';
export { toKeras, type KerasState, type ToKerasOptions } from './to-keras.js';
export { toTorch, type ToTorchOptions } from './to-torch.js';
