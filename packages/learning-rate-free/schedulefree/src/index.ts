// SPDX-License-Identifier: Apache-2.0

/**
 * Schedule-free learning: an average of the iterates in place of a schedule of the learning rate.
 *
 * @packageDocumentation
 */

export { ScheduleFreeAdamW, type ScheduleFreeAdamWOptions } from './schedule-free-adamw.js';
export { ScheduleFreeRAdam, type ScheduleFreeRAdamOptions } from './schedule-free-radam.js';
export { ScheduleFreeSGD, type ScheduleFreeSGDOptions } from './schedule-free-sgd.js';
