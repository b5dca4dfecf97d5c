// SPDX-License-Identifier: Apache-2.0
// Becker et al., "Momentum-SAM: Sharpness Aware Minimization without Computational Overhead", arXiv:2401.12033
// Written from the paper alone.

/**
 * MSAM around any optimizer.
 *
 * @packageDocumentation
 */

export { MSAM, type MSAMOptions } from './msam.js';
