import * as tf from '@tensorflow/tfjs-core';
import { it } from 'vitest';
import { webgpuExecutor } from '../src/executors/webgpu/executor.js';
import { kernelFor, opsExecutor, registerExecutor, trace } from '../src/index.js';
import { adamW, lamb } from './webgpu-rules.js';

registerExecutor('webgpu', webgpuExecutor);
async function time(label: string, count: number, size: number, step: (grads: tf.Tensor[], vars: tf.Variable[]) => void, vars: tf.Variable[]) {
  const grads = vars.map(() => tf.fill([size], 0.1));
  await grads[0]!.data();
  const host: number[] = [], total: number[] = [];
  for (let i = 0; i < 7; i++) {
    const t0 = performance.now();
    step(grads, vars);
    const t1 = performance.now();
    await tf.tidy(() => tf.slice(vars[count - 1]!, [0], [1])).data();
    host.push(t1 - t0); total.push(performance.now() - t0);
  }
  host.sort((a, b) => a - b); total.sort((a, b) => a - b);
  console.log(label, count, size, 'host', host[3]!.toFixed(2), 'total', total[3]!.toFixed(2));
  tf.dispose(grads);
}
it('bench', { timeout: 600000 }, async () => {
  for (const [count, size] of [[200, 1000], [1, 1_000_000]] as const) {
    const vars = Array.from({ length: count }, () => tf.variable(tf.fill([size], 0.5)));
    const adam = tf.train.adam(0.01);
    await time('tf.adam', count, size, (grads, vs) => {
      adam.applyGradients(Object.fromEntries(vs.map((v, i) => [v.name, grads[i]!])) as never);
    }, vars);
    for (const [name, rule] of [['adamW', adamW], ['lamb', lamb]] as const) {
      for (const how of ['fused', 'ops']) {
        const t0 = performance.now();
        const program = trace(name, { param: [size], grad: [size], m: [size], s: [size] }, ['lr', 'beta1', 'beta2', 'epsilon'], rule);
        const kernel = how === 'ops' ? opsExecutor.compile(program) : kernelFor(program);
        console.log('compile', performance.now() - t0);
        const slots = vars.map(() => [tf.variable(tf.zeros([size])), tf.variable(tf.zeros([size]))] as const);
        const inputsOf = (i: number, grad: tf.Tensor) => program.inputs.map((at) => ({ param: vars[i]!, grad, m: slots[i]![0], s: slots[i]![1] })[program.nodes[at]!.name as 'm']!);
        let t = 1;
        const numbers: Record<string, number> = { lr: 0.01, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };
        await time(name + ' ' + how, count, size, (grads) => {
          numbers['lr'] = 0.01 / t++;
          const scalars = program.scalars.map((n) => numbers[n]!);
          for (let i = 0; i < count; i++) {
            const inputs = inputsOf(i, grads[i]!);
            kernel.run(inputs, scalars).forEach((out, j) => {
              const at = program.outputs[j]!.replaces;
              if (out !== inputs[at]) { (inputs[at] as tf.Variable).assign(out as never); out.dispose(); }
            });
          }
        }, vars);
        tf.dispose(slots.flat());
      }
    }
    adam.dispose();
    tf.dispose(vars);
  }
  const heavy = trace('w', { x: [1_000_000] }, [], ({ x }) => ({ x: x!.mul(2), s: x!.norm() }));
  void heavy;
});
