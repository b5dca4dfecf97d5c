// SPDX-License-Identifier: Apache-2.0

/**
 * Training on several machines in rounds: every worker makes some steps with its own data and its own optimizer, then the changes
 * of all are averaged, and an outer optimizer steps along the average (federated averaging, DiLoCo). A round exchanges as much as
 * one step of data-parallel training would.
 *
 * - {@link distributedRounds} carries it out over NATS, between Node, pages, or both.
 * - {@link outerStep} and {@link averageWeights} are the mathematics alone, for whoever has another way to exchange weights;
 *   {@link onParametersReplaced} tells an inner optimizer that its weights were replaced.
 *
 * ```ts
 * import { connect } from '@nats-io/transport-node';
 * import { AdamW } from '@optim/adamw';
 * import { distributedRounds } from '@optim/distributed';
 * import { SGDW } from '@optim/sgdw';
 * import type { Tensor } from '@tensorflow/tfjs-core';
 * import type { LayersModel } from '@tensorflow/tfjs-layers';
 *
 * export async function train(model: LayersModel, x: Tensor, y: Tensor): Promise<void> {
 *   const rounds = await distributedRounds({
 *     connection: await connect({ servers: 'nats://broker:4222', maxReconnectAttempts: -1 }),
 *     run: 'digits-7',
 *     optimizer: model.optimizer as AdamW,
 *     outer: new SGDW({ learningRate: 0.7, momentum: 0.9, nesterov: true }),
 *     model,
 *     localSteps: 100,
 *     quorum: 2,
 *     timeout: 30_000,
 *   });
 *   await model.fit(x, y, { epochs: 20, callbacks: [rounds] });
 *   await rounds.close();
 * }
 * ```
 *
 * What is exchanged, what it costs and how far it goes is in `docs/distributed.md` of the repository.
 *
 * @packageDocumentation
 */

export { distributedRounds } from './distributed-rounds.js';
export type { DistributedRounds } from './rounds.js';
export type { DistributedRoundsOptions, RoundReport } from './options.js';
export { averageWeights, outerStep, type Averaged } from './outer-step.js';
export { onParametersReplaced, type OnReplaced } from './parameters-replaced.js';
export type { Model, Variables } from './trained.js';
export type { Precision } from './wire.js';
