// SPDX-License-Identifier: Apache-2.0

/**
 * Generalized primal averaging around any optimizer.
 *
 * @packageDocumentation
 */

export { GPA, type GPAOptions } from './gpa.js';
