// SPDX-License-Identifier: Apache-2.0
export { fromTorch, type FromTorchOptions } from './from-torch.js';
export { toTorch, type ToTorchOptions } from './to-torch.js';
export { readNpz, writeNpz } from './npz.js';
export { readSafetensors, writeSafetensors } from './safetensors.js';
