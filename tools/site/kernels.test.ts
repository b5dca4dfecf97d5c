// SPDX-License-Identifier: Apache-2.0
// The kernels that the page about speed shows are those that run.

import { loadTrials } from '../trials.js';
import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { Code, encodeModule } from '../../packages/fusion/src/executors/wasm/encoder.js';
import { disassemble } from '../../docs/site/src/speed/disassemble.js';
import { textsOf } from '../../docs/site/src/speed/texts.js';

it('disassembles a function', () => {
  const code = new Code(['i32', 'f32']);
  const [pointer, wide] = [code.local('i32'), code.local('v128')];
  code.get(0);
  code.i32(-300);
  code.emit(0x6a);
  code.set(pointer);
  code.f32(1.5);
  code.simd(0x13);
  code.set(wide);
  code.loop(pointer, 0, 16, () => {
    code.get(pointer);
    code.get(wide);
    code.simd(0x0b);
    code.access(1024);
  });
  expect(disassemble(encodeModule(code, true))).toBe(`;; parameters: i32 ×1, f32 ×1
;; locals: i32 ×1, v128 ×1
local.get 0  i32.const -300  i32.add  local.set 2
f32.const 1.5  f32x4.splat  local.set 3
block
  loop
    local.get 2  local.get 0  i32.ge_u  br_if 1
    local.get 2  local.get 3  v128.store offset=1024
    local.get 2  i32.const 16  i32.add  local.set 2
    br 0
  end
end`);
});

/** Of every kind: elementwise, with norms, with rows and columns, with functions, with products of matrices. */
const some = ['AdamW', 'Lamb', 'AdaFactor', 'AdamAtan2', 'Muon', 'Shampoo', 'LBFGS'];

it.each(some)('has the kernels of %s in three languages', async (name) => {
  const make = (await loadTrials())[name]!;
  const before = tf.memory().numTensors;
  const texts = textsOf(() => make(100));
  expect(tf.memory().numTensors).toBe(before);
  expect(texts.length).toBeGreaterThan(0);
  for (const { wasm, wgsl, glsl, operations } of texts) {
    expect(operations).toBeGreaterThan(0);
    for (const text of wasm) expect(text).toMatch(/\.store/);
    for (const text of wgsl) expect(text).toContain('@compute');
    for (const text of glsl) expect(text).toContain('setOutput(');
  }
});

it('writes the update of AdamW as one kernel', async () => {
  const make = (await loadTrials())['AdamW']!;
  const [update, ...others] = textsOf(() => make(100));
  expect(others).toEqual([]);
  expect(update!.name).toBe('AdamW.update');
  expect(update!.wasm).toHaveLength(1);
  // Four vectors side by side, one, and one element.
  expect(update!.wasm[0]!.match(/f32x4\.sqrt/g)).toHaveLength(4 + 1 + 1);
  expect(update!.wgsl[0]).toContain('sqrt(');
  expect(update!.glsl).toHaveLength(3);
});
