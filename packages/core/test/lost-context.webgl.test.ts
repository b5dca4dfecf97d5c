// SPDX-License-Identifier: Apache-2.0
// A graphics processor that is really taken away, on a backend of its own, and training that goes on elsewhere.

import { executorFor, registerExecutor } from '@optim/fusion';
import { MathBackendWebGL, setWebGLContext } from '@tensorflow/tfjs-backend-webgl';
import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { Heavy } from './rules.js';

/** Starts a second webgl backend, on a canvas of its own; the first keeps its context. */
async function start(name: string): Promise<WebGL2RenderingContext> {
  const { gl: usual } = (tf.backend() as MathBackendWebGL).gpgpu;
  const canvas = new OffscreenCanvas(1, 1);
  const second = new MathBackendWebGL(canvas);
  setWebGLContext(2, usual);
  tf.registerBackend(name, () => second);
  tf.copyRegisteredKernels('webgl', name);
  registerExecutor(name, executorFor('webgl'));
  await tf.setBackend(name);
  return second.gpgpu.gl as WebGL2RenderingContext;
}

function step(optimizer: tf.Optimizer, x: tf.Variable, t: number): void {
  tf.tidy(() => optimizer.applyGradients({ [x.name]: tf.tensor1d([t, -1, 0.5]) }));
}

const variable = (values: ArrayLike<number>): tf.Variable =>
  tf.tidy(() => tf.variable(tf.tensor1d(Array.from(values))));

it('says that the context is lost; training goes on from the last state on another backend', async () => {
  const whole = variable([1, 2, 3]);
  const uninterrupted = new Heavy();
  for (let t = 1; t <= 6; t++) step(uninterrupted, whole, t);

  const gl = await start('doomed');
  const x = variable([1, 2, 3]);
  const optimizer = new Heavy();
  for (let t = 1; t <= 3; t++) step(optimizer, x, t);
  const [state, values] = [await optimizer.stateDict(), await x.data()];
  const lost = new Promise((resolve) => gl.canvas.addEventListener('webglcontextlost', resolve));
  gl.getExtension('WEBGL_lose_context')!.loseContext();
  await lost;
  expect(() => step(optimizer, x, 4)).toThrow(
    /^Heavy\.update: the WebGL context is lost, and with it all tensors on it; load the last saved state on a new backend$/,
  );
  expect(optimizer.iterations).toBe(3);
  optimizer.dispose();
  x.dispose();

  await tf.setBackend('webgl');
  tf.removeBackend('doomed');
  const again = variable(values);
  const resumed = new Heavy();
  await resumed.loadStateDict({
    ...state,
    parameters: state.parameters.map((saved) => ({ ...saved, name: again.name })),
  });
  for (let t = 4; t <= 6; t++) step(resumed, again, t);
  expect(Array.from(await again.data())).toEqual(Array.from(await whole.data()));
  for (const one of [uninterrupted, resumed]) one.dispose();
  tf.dispose([whole, again]);
});
