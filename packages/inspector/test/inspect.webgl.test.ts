// SPDX-License-Identifier: Apache-2.0
// The panel in a page.

import { AdamW } from '@optim/adamw';
import { monitor } from '@optim/hooks';
import { inspect } from '@optim/inspector';
import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';

it('shows norms by variable, and leads to the first that is not finite', async () => {
  const variables = ['v', 'w'].map((name) => tf.tidy(() => tf.variable(tf.tensor1d([3, 4]), true, name)));
  const optimizer = new AdamW({ learningRate: 0.5, weightDecay: 0, transforms: [monitor()] });
  const holder = document.createElement('div');
  document.body.append(holder);
  const inspector = inspect(holder, optimizer);
  const root = holder.firstElementChild!.shadowRoot!;
  const rows = (): string[][] =>
    [...root.querySelectorAll('tbody tr')].map((row) =>
      [...row.children].slice(0, 5).map((cell) => cell.textContent),
    );
  const step = async (w: number): Promise<void> => {
    tf.tidy(() => optimizer.applyGradients({ v: tf.tensor1d([6, 8]), w: tf.tensor1d([w, 0]) }));
    await inspector.update();
  };
  await inspector.update();
  expect(rows()).toEqual([]);
  await step(5);
  expect(rows().map((row) => row.slice(0, 3))).toEqual([
    ['all together', '11.2', '0.866'],
    ['v', '10', '0.707'],
    ['w', '5', '0.5'],
  ]);
  expect(root.querySelector('dl')!.textContent).toContain('Learning rate0.5');
  expect(root.querySelector('.fault button')).toBeNull();
  // A reading is that of the moment of the call.
  const pending = step(5);
  optimizer.learningRate = 0.25;
  tf.tidy(() => optimizer.applyGradients({ v: tf.tensor1d([60, 80]), w: tf.tensor1d([50, 0]) }));
  await pending;
  expect(root.querySelector('dl')!.textContent).toContain('Step2Learning rate0.5');
  expect(rows().map((row) => row[1])).toEqual(['11.2', '10', '5']);
  await step(NaN);
  const button = root.querySelector<HTMLButtonElement>('.fault button')!;
  expect(button.textContent).toBe(
    'First number that is not finite: NaN in the gradient of w, step 4. Show it',
  );
  button.click();
  expect(root.querySelector('figcaption strong')!.textContent).toBe('Norms of w');
  expect(root.querySelector('[aria-pressed=true]')!.textContent).toBe('w');
  inspector.dispose();
  expect(holder.children).toHaveLength(0);
  expect(() => inspect(null as never, optimizer)).toThrow(
    new TypeError('inspect: element must be an element of a page, got null'),
  );
  expect(() => inspect(holder, optimizer, { length: 1 })).toThrow('inspect: length must be');
  holder.remove();
  optimizer.dispose();
  tf.dispose(variables);
});
