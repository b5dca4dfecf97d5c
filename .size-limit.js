// SPDX-License-Identifier: Apache-2.0
// What a page ships of ours, minified and gzipped, without TensorFlow.js.

const onDemand = ['webgl', 'webgpu'];

/**
 * AdaBelief with core and fusion, whose executors of cpu and wasm are always there, and an executor that is loaded on demand. What
 * takes saved states is loaded when there is one.
 */
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
      './reading.js',
      // Only where textures have 16 bits.
      './halved.js',
      ...onDemand.filter((backend) => !loaded.includes(backend)).map((backend) => `./executors/${backend}/*`),
    ],
  }),
});

// oxlint-disable-next-line import/no-default-export -- size-limit reads it
export default [
  adabelief('AdaBelief on cpu and wasm', '28 kB'),
  adabelief('AdaBelief on webgl', '34 kB', 'webgl'),
  adabelief('AdaBelief on webgpu', '36.5 kB', 'webgpu'),
];
