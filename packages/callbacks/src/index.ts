// SPDX-License-Identifier: Apache-2.0

/**
 * What stands around a training: callbacks of `fit` and `fitDataset`, each with plain functions for a loop of one's own. They
 * take the model, or `{ variables, optimizer }`.
 *
 * - {@link keepBest} and {@link earlyStopping} give back the weights of the best epoch; {@link stopOnNonFinite} ends a training
 *   that has failed.
 * - {@link checkpoint} saves a training, {@link resume} goes on from there bit for bit: in files (`fileStore` of
 *   `@optim/callbacks/node`), in a database of the browser ({@link indexedDBStore}), or in a {@link Store} of your own.
 * - {@link evaluateAveraged} lets validation see the average of Schedule-Free or the slow weights of Lookahead;
 *   {@link refreshBatchNorm} computes the statistics that go with them.
 * - {@link findLearningRate} tries rates and leaves everything as it was; {@link noDecay} and {@link layerwiseGroups} make
 *   parameter groups from the layers of a model.
 * - {@link logOptimizer} puts rates and norms into the history, {@link progressBar} draws a line in the terminal.
 *
 * TensorFlow.js takes callbacks as plain objects, as these are, or as instances of `tf.Callback`, not both in one list.
 *
 * @packageDocumentation
 */

export type { Batch, Data, Dataset, Tensors } from './batches.js';
export type { MonitorOptions } from './best.js';
export { checkpoint, type Checkpoint, type CheckpointOptions } from './checkpoint.js';
export { earlyStopping, type EarlyStopping, type EarlyStoppingOptions } from './early-stopping.js';
export { atEvaluationPoint, evaluateAveraged } from './evaluate-averaged.js';
export {
  findLearningRate,
  type FindLearningRateOptions,
  type FoundLearningRate,
  type TrainedOnBatches,
} from './find-learning-rate.js';
export { layerwiseGroups, noDecay, type LayerwiseGroupsOptions } from './groups.js';
export { indexedDBStore } from './indexed-db-store.js';
export { keepBest, type KeepBest, type KeepBestOptions } from './keep-best.js';
export { logOptimizer, readOptimizer, type LogOptimizer } from './log-optimizer.js';
export { progressBar, type ProgressBar, type ProgressBarOptions, type Terminal } from './progress-bar.js';
export { refreshBatchNorm } from './refresh-batch-norm.js';
export { resume, type ResumeOptions } from './resume.js';
export type { Callbacks, Position } from './snapshot.js';
export { stopOnNonFinite, type StopOnNonFinite, type StopOnNonFiniteOptions } from './stop-on-non-finite.js';
export type { Store } from './store.js';
export type { Layer, Logs, Loop, Model, Resumable, Training, Weight } from './training.js';
