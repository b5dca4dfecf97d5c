// SPDX-License-Identifier: Apache-2.0
// What several pages say of a class.

import { kindOf } from '../../licences/policy.js';
import type { ClassEntry } from '../catalogue.js';
import { html, type Html } from '../html.js';

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
