// SPDX-License-Identifier: Apache-2.0
// Yu et al., "Gradient Surgery for Multi-Task Learning", arXiv:2001.06782

/**
 * PCGrad around any optimizer, and the losses of a model with several outputs.
 *
 * @packageDocumentation
 */

export { type TaskOrder } from './order.js';
export { PCGrad, type PCGradOptions } from './pcgrad.js';
export { taskLosses, type TaskModel } from './task-losses.js';
