// SPDX-License-Identifier: Apache-2.0

import * as tf from '@tensorflow/tfjs-core';
import { expect, inject, it } from 'vitest';
import { executorFor, kernelFor, trace } from '../src/index.js';

it('kernels show up in tf.profile under the name of their rule and phase', async () => {
  const program = trace('Seen', { x: [3], y: [3] }, ['t'], ({ x, y }, { t }) => ({
    x: x!.sub(y!.mul(t!)).div(y!.norm()),
  }));
  const [x, y] = [tf.tensor1d([1, 2, 3]), tf.tensor1d([0, 3, 4])];
  const inputs = program.inputs.map((at) => (program.nodes[at]!.name === 'x' ? x : y));
  const alias = tf.reshape(x, [3]);
  let outputs: tf.Tensor[] = [];
  const { kernels } = await tf.profile(() => {
    outputs = kernelFor(program).run(inputs, [0.5]);
    return undefined as unknown as tf.TensorContainer;
  });
  const results = await outputs[0]!.data();
  // ‖y‖ = 5
  [0.2, 0.1, 0.2].forEach((want, i) => expect(results[i]).toBeCloseTo(want, 6));
  const names = kernels.map(({ name }) => name);
  if (executorFor(inject('backend')).name === 'ops') expect(names).toContain('Multiply');
  else expect(names.filter((name) => name.startsWith('Seen'))).toEqual(['Seen#0', 'Seen#1']);
  tf.dispose([x, y, alias, outputs]);
});
