// SPDX-License-Identifier: Apache-2.0
// What is used of the inside of tfjs-backend-webgl.

import * as tf from '@tensorflow/tfjs-core';
import { Unsupported } from '../../executor.js';
import { isHalved } from '../precision.js';
import { sizeOf, type Shape } from '../../shape.js';

/** A fragment program as the backend takes it. Under this name `tf.profile` counts and times programs. */
export class FusedProgram {
  readonly packedInputs = true;
  readonly packedOutput = true;
  /** Sizes are uniforms, so that one shader serves all shapes. */
  readonly enableShapeUniforms = true;

  constructor(
    readonly variableNames: readonly string[],
    readonly outputShape: Shape,
    readonly userCode: string,
    readonly customUniforms: readonly { name: string; arrayIndex: number; type: 'vec4' | 'ivec4' }[],
  ) {}
}

/** What the backend knows of a tensor. */
export interface Data {
  readonly texture?: unknown;
  readonly isPacked?: boolean;
  readonly dtype: string;
  readonly shape: Shape;
  values?: Float32Array | null;
  /** Parts of a tensor; the backend frees them with it. */
  complexTensorInfos?: { real: tf.TensorInfo; imag: { dataId: object } };
}

/** What is used of the backend. */
export interface WebGLBackend {
  readonly gpgpu: { readonly gl: { isContextLost(): boolean } };
  readonly texData: { get(dataId: object): Data };
  read(dataId: object): Promise<Float32Array>;
  readSync(dataId: object): Float32Array;
  disposeData(dataId: object): boolean;
  makeTensorInfo(shape: Shape, dtype: 'float32', values: Float32Array): tf.TensorInfo;
  compileAndRun(
    program: FusedProgram,
    inputs: readonly tf.TensorInfo[],
    dtype: 'float32',
    uniforms: readonly (readonly number[])[],
  ): tf.TensorInfo;
  packTensor(input: tf.TensorInfo): tf.TensorInfo;
}

export const active = (): WebGLBackend => tf.backend() as unknown as WebGLBackend;

/**
 * Most textures a program may read.
 * @param isPaired - whether tensors are kept in pairs, which 16 bits are enough for
 * @throws Unsupported when this is not the backend known here, or cannot draw on float32 textures as tensors without pairs need it
 */
export function maxTextures(isPaired: boolean): number {
  const { gpgpu, texData, compileAndRun, packTensor } = active();
  const known = [compileAndRun, packTensor, texData?.get, gpgpu?.gl?.isContextLost].every(
    (member) => typeof member === 'function',
  );
  if (!known) throw new Unsupported('the webgl backend does not show its programs');
  const env = tf.env();
  if (env.getNumber('WEBGL_VERSION') !== 2) throw new Unsupported('this is not WebGL 2');
  if (!isPaired && isHalved()) throw new Unsupported('float32 textures cannot be drawn on');
  return env.getNumber('WEBGL_MAX_TEXTURES_IN_SHADER');
}

/** @throws Error when the browser has taken the graphics processor away */
export function assertContext(name: string): void {
  if (!active().gpgpu.gl.isContextLost()) return;
  throw new Error(
    `${name}: the WebGL context is lost, and with it all tensors on it; load the last saved state on a new backend`,
  );
}

/**
 * The shape under which a program sees a tensor: matrices, one after the other. Texels hold two by two elements of a
 * matrix, so this is the same texture whatever the number of axes before the last two.
 */
export function viewOf(shape: Shape): [batch: number, rows: number, columns: number] {
  return [sizeOf(shape.slice(0, -2)), shape.at(-2) ?? 1, shape.at(-1) ?? 1];
}

export function view({ dataId, shape }: tf.TensorInfo): tf.TensorInfo {
  return { dataId, shape: viewOf(shape), dtype: 'float32' };
}

/** The tensor, or a packed copy where its texture holds one element a texel: else every program would make its own. */
export function packed(tensor: tf.Tensor): tf.Tensor {
  const backend = active();
  const { texture, isPacked } = backend.texData.get(tensor.dataId);
  if (!texture || isPacked) return tensor;
  const { dataId } = backend.packTensor(view(tensor));
  return tf.engine().makeTensorFromTensorInfo({ dataId, shape: tensor.shape, dtype: 'float32' });
}

/** Runs a program on tensors in the order of its variables; gives a new tensor of the given shape. */
export function launch(
  program: FusedProgram,
  shape: Shape,
  tensors: readonly tf.TensorInfo[],
  uniforms: readonly (readonly number[])[],
): tf.Tensor {
  const { dataId } = active().compileAndRun(program, tensors.map(view), 'float32', uniforms);
  return tf.engine().makeTensorFromTensorInfo({ dataId, shape: [...shape], dtype: 'float32' });
}
