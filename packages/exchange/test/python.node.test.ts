// SPDX-License-Identifier: Apache-2.0
// The scripts of docs, run for real where Python has what it takes: `PYTHON` names the program, otherwise it is `python3`.

import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, it } from 'vitest';
import { fromKeras, fromTorch, readNpz, toKeras, toTorch, writeNpz, type FileTensor } from '../src/index.js';
import { recordingIn, tableOf, variableOf } from './fixtures.js';

const program = process.env['PYTHON'] ?? 'python3';
const env = { ...process.env, KERAS_BACKEND: 'jax' };

function python(...args: readonly string[]): string {
  const { status, stdout, stderr, error } = spawnSync(program, args, { encoding: 'utf8', env });
  if (status !== 0) throw error ?? new Error(stderr);
  return stdout;
}

/** Whether Python is here, with these modules. */
function has(...modules: readonly string[]): boolean {
  const test = 'import importlib.util as u, sys; sys.exit(not all(map(u.find_spec, sys.argv[1:])))';
  return spawnSync(program, ['-c', test, ...modules]).status === 0;
}

const folder = mkdtempSync(join(tmpdir(), 'optim-exchange-'));
afterAll(() => rmSync(folder, { recursive: true }));

const there = fileURLToPath(new URL('there.py', import.meta.url));
const docs = new URL('../../../docs/', import.meta.url);

it.skipIf(!has())('the scripts are Python, of some thirty lines each (skipped without Python)', () => {
  for (const name of ['exchange_torch.py', 'exchange_keras.py']) {
    const script = join(folder, name);
    copyFileSync(new URL(name, docs), script);
    python('-W', 'error', '-m', 'py_compile', script);
    const lines = readFileSync(script, 'utf8').split('\n').filter(Boolean);
    expect(lines.length).toBeLessThanOrEqual(30);
  }
});

it.skipIf(!has('numpy'))('numpy reads and writes the same arrays (skipped without numpy)', () => {
  const arrays = new Map<string, FileTensor>([
    ['0', { dtype: 'I32', shape: [], data: Int32Array.of(7) }],
    ['w', { dtype: 'F32', shape: [2, 3], data: Float32Array.of(1, 2, 3, 4, 5, 6) }],
    ['v', { dtype: 'F64', shape: [1], data: Float64Array.of(0.1) }],
  ]);
  const [ours, theirs] = [join(folder, 'ours.npz'), join(folder, 'theirs.npz')];
  writeFileSync(ours, writeNpz(arrays));
  python('-c', 'import numpy, sys; numpy.savez(sys.argv[2], **numpy.load(sys.argv[1]))', ours, theirs);
  expect(new Uint8Array(readFileSync(theirs))).toEqual(writeNpz(arrays));
  python(
    '-c',
    'import numpy, sys; numpy.savez_compressed(sys.argv[2], **numpy.load(sys.argv[1]))',
    ours,
    theirs,
  );
  expect(() => readNpz(readFileSync(theirs))).toThrow('compressed; write the file with numpy.savez');
});

/** How far each training ends from its recording. */
function expectClose(printed: string, names: readonly string[]): void {
  const deviations = JSON.parse(printed) as Record<string, number>;
  expect(Object.keys(deviations)).toEqual(names);
  for (const [name, deviation] of Object.entries(deviations)) expect(deviation, name).toBeLessThan(1e-6);
}

const torchs = {
  Adagrad: 'AdaGrad',
  Adam: 'OptimAdam',
  AdamW: 'AdamW',
  AdamWamsgrad: 'AdamW',
  NAdam: 'NAdam',
  RAdam: 'RAdam',
  RMSprop: 'OptimRMSProp',
  SGD: 'SGDW',
};

it.skipIf(!has('torch', 'safetensors'))(
  'what PyTorch writes comes back, and it goes on as if nothing had been (skipped without torch and safetensors)',
  () => {
    const names = Object.keys(torchs);
    python(there, 'torch', 'write', folder, ...names);
    for (const [name, className] of Object.entries(torchs)) {
      const file = join(folder, `${name}.safetensors`);
      const parameters = tableOf(recordingIn(`torch-${name}`));
      const { options, state } = fromTorch(readFileSync(file), className, { parameters });
      const { parameterGroups = [] } = options;
      writeFileSync(file, toTorch(state, { parameters, parameterGroups }));
    }
    expectClose(python(there, 'torch', 'read', folder, ...names), names);
  },
);

const kerass = {
  Adafactor: 'AdaFactor',
  Adagrad: 'AdaGrad',
  Adam: 'OptimAdam',
  AdamW: 'AdamW',
  Lamb: 'Lamb',
  Lion: 'Lion',
  Nadam: 'NAdam',
  RMSprop: 'OptimRMSProp',
  SGD: 'SGDW',
};

interface Written {
  readonly config: Record<string, unknown>;
  readonly variables: readonly string[];
  readonly parameters: readonly string[];
}

it.skipIf(!has('keras', 'jax'))(
  'what Keras writes comes back, and it goes on as if nothing had been (skipped without keras and jax)',
  () => {
    const names = Object.keys(kerass);
    python(there, 'keras', 'write', folder, ...names);
    for (const [name, className] of Object.entries(kerass)) {
      const [npz, json] = [join(folder, `${name}.npz`), join(folder, `${name}.json`)];
      const { config, variables, parameters: paths } = JSON.parse(readFileSync(json, 'utf8')) as Written;
      const parameters = Object.fromEntries(paths.map((path) => [path, variableOf(path)]));
      const { state } = fromKeras(readFileSync(npz), className, { parameters, config, variables });
      // The files of the whole model have the same.
      const [whole, weights] = ['keras', 'weights.h5'].map((end) =>
        readFileSync(join(folder, `${name}.${end}`)),
      );
      expect(fromKeras(whole!, className, { parameters }).state).toEqual(state);
      expect(fromKeras(weights!, className, { parameters, config }).state).toEqual(state);
      const written = toKeras(state, { parameters });
      writeFileSync(npz, written.bytes);
      writeFileSync(json, JSON.stringify({ config: written.config }));
    }
    expectClose(python(there, 'keras', 'read', folder, ...names), names);
  },
);
