// SPDX-License-Identifier: Apache-2.0
// What a page ships of ours, minified and gzipped, without TensorFlow.js.

const backends = ['cpu', 'wasm', 'webgl', 'webgpu'];

/** AdaBelief with core and fusion, and the executors of these backends; the others are not loaded. */
const adabelief = (name, limit, ...loaded) => ({
  name,
  limit,
  path: 'packages/adam/adabelief/dist/index.js',
  gzip: true,
  ignore: ['@tensorflow/tfjs-core'],
  modifyEsbuildConfig: (config) => ({
    ...config,
    format: 'esm',
    external: [
      ...config.external,
      ...backends.filter((backend) => !loaded.includes(backend)).map((backend) => `./executors/${backend}/*`),
    ],
  }),
});

// oxlint-disable-next-line import/no-default-export -- size-limit reads it
export default [
  adabelief('AdaBelief', '21.5 kB'),
  adabelief('AdaBelief on webgl', '26 kB', 'webgl'),
  adabelief('AdaBelief on webgpu', '29.5 kB', 'webgpu'),
  adabelief('AdaBelief on wasm', '30 kB', 'wasm'),
];
