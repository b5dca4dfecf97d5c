// SPDX-License-Identifier: Apache-2.0
// What a page ships of ours, minified and gzipped, without TensorFlow.js.

const onDemand = ['webgl', 'webgpu'];

/**
 * AdaBelief with core and fusion, whose executors of cpu and wasm are always there, and an executor that is loaded on demand. What
 * takes saved states is loaded when there is one.
 */
const adabelief = (name, limit, ...loaded) => shipped(name, limit, 'adam/adabelief', ...loaded);

const shipped = (name, limit, folder, ...loaded) => ({
  name,
  limit,
  path: `packages/${folder}/dist/index.js`,
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
  // All classes are registered, for saved models, so none of them is shaken off.
  { ...shipped('AdaBelief of @optim/all on cpu and wasm', '115 kB', 'all'), import: '{ AdaBelief }' },
];
