// SPDX-License-Identifier: Apache-2.0

/**
 * D-Adaptation: learning rates estimated while training, from the distance to the solution.
 *
 * @packageDocumentation
 */

import { register } from '@optim/core/authoring';
import { DAdaptAdaGrad } from './dadapt-adagrad.js';
import { DAdaptAdam } from './dadapt-adam.js';
import { DAdaptAdan } from './dadapt-adan.js';
import { DAdaptLion } from './dadapt-lion.js';
import { DAdaptSGD } from './dadapt-sgd.js';

register(DAdaptAdaGrad, DAdaptAdam, DAdaptAdan, DAdaptLion, DAdaptSGD);

export { DAdaptAdaGrad, DAdaptAdam, DAdaptAdan, DAdaptLion, DAdaptSGD };
export type { DAdaptAdaGradOptions } from './dadapt-adagrad.js';
export type { DAdaptAdamOptions } from './dadapt-adam.js';
export type { DAdaptAdanOptions } from './dadapt-adan.js';
export type { DAdaptLionOptions } from './dadapt-lion.js';
export type { DAdaptSGDOptions } from './dadapt-sgd.js';
