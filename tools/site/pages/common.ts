// SPDX-License-Identifier: Apache-2.0
// What several pages say of a class.

import { kindOf } from '../../licences/policy.js';
import type { ClassEntry } from '../catalogue.js';
import { html, raw, type Html } from '../html.js';

export const familyTitles: Readonly<Record<string, string>> = {
  adam: 'Adam and its kin',
  adaptive: 'Adaptive',
  layerwise: 'Layer by layer',
  'learning-rate-free': 'Without a learning rate',
  momentum: 'Momentum and signs',
  multitask: 'Several losses',
  sam: 'Sharpness-aware',
  'second-order': 'Second order and matrices',
  wrappers: 'Around any optimizer',
};

export const bytesOf = ({ description, results }: ClassEntry): number =>
  results.training?.stateBytes ?? description.state.bytesPerParameter;

export function licenceBadge(licence: string): Html {
  const isFree = kindOf(licence) === 'permissive';
  return html`<span class="badge${isFree ? '' : ' warn'}"
    >${licence}${isFree ? '' : ': not for commercial use'}</span
  >`;
}

/** The classes that step by gradients alone, as choices of a menu. */
export function choicesOf(classes: readonly ClassEntry[], selected: string): Html[] {
  return classes
    .map(({ description }) => description)
    .filter(
      ({ needs, wraps, install, family }) =>
        needs.length === 0 && !wraps && install === null && family !== 'wrappers',
    )
    .map(
      ({ name, package: from }) =>
        html`<option
          value="${name}"
          data-package="${from.replace('@optim/', '')}"
          ${name === selected && raw(' selected')}
        >
          ${name}
        </option>`,
    );
}

/** The backends, as choices of a menu. */
export const backendChoices: readonly Html[] = ['wasm', 'webgl', 'webgpu', 'cpu'].map(
  (name) => html`<option>${name}</option>`,
);
