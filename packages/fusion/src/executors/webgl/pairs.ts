// SPDX-License-Identifier: Apache-2.0
// Pairs of halves and the tensors they are of: see halves.ts.

import type * as tf from '@tensorflow/tfjs-core';
import type { Shape } from '../../shape.js';
import { active, FusedProgram, launch, view, viewOf, type Data } from './backend.js';
import { functions, halvesOf, pairShape, wholeOf } from './halves.js';
import { position, samplers, texelsOf } from './sampling.js';

/** A program on textures `t0`, `t1`, … that draws one expression over texels. */
function drawing(count: number, shape: Shape, drawn: string, own = ''): FusedProgram {
  const names = Array.from({ length: count }, (_, i) => `t${i}`);
  const main = `void main() {${position}\n  setOutput(${drawn});\n}`;
  return new FusedProgram(names, shape, `${samplers}${own}\n${main}`, []);
}

/** Backends that keep pairs. */
const keeping = new WeakSet();

/** Makes the active backend one that keeps pairs: whoever reads a tensor gets the numbers that programs made. */
export function keepPairs(): void {
  const backend = active();
  if (keeping.has(backend)) return;
  keeping.add(backend);
  const read = backend.read.bind(backend);
  const readSync = backend.readSync.bind(backend);
  /** Textures of the two halves. */
  const halves = (dataId: object): tf.TensorInfo[] | undefined => {
    const data = backend.texData.get(dataId);
    const pair = data.values ? undefined : pairIn(data);
    return (
      pair &&
      ['2 * index', '2 * index + 1'].map((at) =>
        backend.compileAndRun(drawing(1, viewOf(data.shape), `at(t0, ${at})`), [pair], 'float32', []),
      )
    );
  };
  const free = (made: readonly tf.TensorInfo[]): void => {
    for (const { dataId } of made) backend.disposeData(dataId);
  };
  backend.readSync = (dataId) => {
    const made = halves(dataId);
    if (!made) return readSync(dataId);
    const [upper, lower] = made.map((half) => readSync(half.dataId));
    free(made);
    return wholeOf(upper!, lower!);
  };
  backend.read = async (dataId) => {
    const made = halves(dataId);
    if (!made) return read(dataId);
    try {
      const [upper, lower] = await Promise.all(made.map((half) => read(half.dataId)));
      return wholeOf(upper!, lower!);
    } finally {
      free(made);
    }
  };
}

function pairIn({ complexTensorInfos, dtype }: Data): tf.TensorInfo | undefined {
  return dtype === 'float32' ? complexTensorInfos?.real : undefined;
}

/** Keeps a pair with the tensor it is of, which the backend then frees as the real part of a complex one. */
function attach(data: Data, pair: tf.TensorInfo): void {
  data.complexTensorInfos = { real: pair, imag: { dataId: {} } };
}

/** The pair of a tensor, if it has one; one is made of numbers that are still on the host. */
export function pairOf(tensor: tf.Tensor): tf.TensorInfo | undefined {
  const backend = active();
  const data = backend.texData.get(tensor.dataId);
  const { texture, values, dtype } = data;
  if (dtype === 'float32' && !texture && values && tensor.size > 0 && !pairIn(data)) {
    const shape = viewOf(tensor.shape);
    const { upper, lower } = halvesOf(Float32Array.from(values));
    const halves = [upper, lower].map((half) => backend.makeTensorInfo(shape, 'float32', half));
    const joined = 'index % 2 == 1 ? at(t1, index / 2) : at(t0, index / 2)';
    const join = drawing(2, pairShape(texelsOf(tensor.shape)), joined);
    attach(data, backend.compileAndRun(join, halves, 'float32', []));
    for (const { dataId } of halves) backend.disposeData(dataId);
  }
  return pairIn(data);
}

/** As {@link launch}, by a program that makes the pair of the tensor. */
export function launchPair(...[program, shape, tensors, uniforms]: Parameters<typeof launch>): tf.Tensor {
  const backend = active();
  const pair = backend.compileAndRun(program, tensors.map(view), 'float32', uniforms);
  const rounding = drawing(1, viewOf(shape), 'whole(t0, index)', functions);
  const made = launch(rounding, shape, [pair], []);
  attach(backend.texData.get(made.dataId), pair);
  return made;
}
