// SPDX-License-Identifier: Apache-2.0
// `npm run curves`: records the loss along the evaluations of methods that see all data at once, beside Adam; writes
// docs/results, of which `npm run sync` makes the pictures.

import '@tensorflow/tfjs-backend-cpu';
import { LBFGS, LevenbergMarquardt } from '@optim/all';
import * as tf from '@tensorflow/tfjs-core';
import { rosenbrock20, sine, train, type Problem } from '../../packages/second-order/lbfgs/test/examples.js';
import { wave } from '../../packages/second-order/levenbergmarquardt/test/wave.js';
import { writeResults, type Curve } from '../results.js';

/** Adam's evaluations are one by one: every tenth is enough. */
function curveFrom(points: readonly (readonly [number, number])[]): Curve {
  const kept = points.filter((_, i) => points.length <= 100 || i % 10 === 0 || i === points.length - 1);
  return Object.fromEntries(kept);
}

async function curveOf(make: () => Problem, optimizer: tf.Optimizer, most: number): Promise<Curve> {
  const problem = make();
  const points: [number, number][] = [];
  await train(optimizer, problem, { most, goal: 1e-10 }, (...point) => void points.push(point));
  problem.dispose();
  return curveFrom(points);
}

async function besideAdam(
  make: () => Problem,
  rates: readonly number[],
  most: number,
): Promise<Record<string, Curve>> {
  const curves: Record<string, Curve> = {};
  for (const rate of rates) curves[`Adam, rate ${rate}`] = await curveOf(make, tf.train.adam(rate), most);
  return curves;
}

await tf.setBackend('cpu');
const strong = (): LBFGS => new LBFGS({ lineSearch: 'strongWolfe' });
writeResults('LBFGS', {
  curves: {
    'Rosenbrock in 20 dimensions': {
      LBFGS: await curveOf(rosenbrock20, strong(), 300),
      ...(await besideAdam(rosenbrock20, [0.01, 0.1, 0.3], 300)),
    },
    'u″ = −u by a network': {
      LBFGS: await curveOf(sine, strong(), 400),
      ...(await besideAdam(sine, [0.01, 0.03, 0.1], 400)),
    },
  },
});
const fitted: [number, number][] = [];
const { problem, call } = wave();
const optimizer = new LevenbergMarquardt();
while (!optimizer.stalled && fitted.length < 60) {
  const { evaluations = 0 } = await optimizer.readGlobals();
  // The Jacobian takes one pass, since there is one output.
  fitted.push([evaluations + fitted.length, await call(optimizer)]);
}
optimizer.dispose();
problem.dispose();
writeResults('LevenbergMarquardt', {
  curves: {
    'a wave by a network': {
      LevenbergMarquardt: curveFrom(fitted),
      ...(await besideAdam(() => wave().problem, [0.01, 0.03, 0.1], 200)),
    },
  },
});
console.log('Written to docs/results; npm run sync makes the pictures of it.');
