// SPDX-License-Identifier: Apache-2.0

/**
 * A panel for a page that trains: {@link inspect} shows, by variable, the norms of gradient, update and parameter and the ratio of
 * the last two, with the learning rate, the steps that guards left out, and where the first number came from that is not finite.
 *
 * The optimizer needs the hook `monitor` of `@optim/hooks`. Norms are taken on the device, and read as the backend answers.
 *
 * ```ts
 * import { AdamW } from '@optim/adamw';
 * import { monitor } from '@optim/hooks';
 * import { inspect } from '@optim/inspector';
 * import type { Tensor } from '@tensorflow/tfjs-core';
 * import type { LayersModel } from '@tensorflow/tfjs-layers';
 *
 * export async function train(network: LayersModel, x: Tensor, y: Tensor): Promise<void> {
 *   const optimizer = new AdamW({ transforms: [monitor()] });
 *   network.compile({ optimizer, loss: 'meanSquaredError' });
 *   const inspector = inspect(document.querySelector('#panel')!, optimizer);
 *   await network.fit(x, y, { callbacks: { onBatchEnd: () => inspector.update() } });
 * }
 * ```
 *
 * It needs no framework and no style sheet. It follows dark and light of the page (`color-scheme`), takes its fonts, and works by
 * keyboard; lines differ by dashes as well as colour.
 *
 * @packageDocumentation
 */

export { inspect, type InspectOptions, type Inspector } from './inspect.js';
