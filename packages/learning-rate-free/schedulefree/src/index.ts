// SPDX-License-Identifier: Apache-2.0

/**
 * Schedule-free learning: an average of the iterates in place of a schedule of the learning rate.
 *
 * @packageDocumentation
 */

import { register } from '@optim/core/authoring';
import { ScheduleFreeAdamW } from './schedule-free-adamw.js';
import { ScheduleFreeSGD } from './schedule-free-sgd.js';

register(ScheduleFreeAdamW, ScheduleFreeSGD);

export { ScheduleFreeAdamW, ScheduleFreeSGD };
export type { ScheduleFreeAdamWOptions } from './schedule-free-adamw.js';
export type { ScheduleFreeSGDOptions } from './schedule-free-sgd.js';
