// SPDX-License-Identifier: Apache-2.0
// What an application ships of ours, minified and gzipped, without TensorFlow.js.

const adabelief = {
  path: 'packages/adam/adabelief/dist/index.js',
  gzip: true,
  ignore: ['@tensorflow/tfjs-core'],
};

/** Leaves out what is loaded on demand. */
const without = (...modules) => ({
  modifyEsbuildConfig: (config) => ({
    ...config,
    format: 'esm',
    external: [...config.external, ...modules.map((name) => `*/executors/${name}/executor.js`)],
  }),
});

// oxlint-disable-next-line import/no-default-export -- size-limit reads it
export default [
  { ...adabelief, ...without('webgl', 'webgpu'), name: 'AdaBelief on cpu or wasm', limit: '20 kB' },
  { ...adabelief, ...without('webgpu'), name: 'AdaBelief on webgl', limit: '24 kB' },
  { ...adabelief, ...without('webgl'), name: 'AdaBelief on webgpu', limit: '27 kB' },
];
