// SPDX-License-Identifier: Apache-2.0
// How a program reads the textures of its inputs. A texel holds two by two elements of a matrix; the texels of a tensor
// stand row by row, matrix by matrix, in a texture of any width.

import { sizeOf, type Shape } from '../../shape.js';
import { viewOf } from './backend.js';

/** Puts a number into a uniform and gives the GLSL that reads it. */
export type Uniform = (value: number) => string;

/**
 * What every program begins with. `index` counts texels. Integers are slow to divide; an estimate in floating point is
 * off by one at most while the quotient is small, and off by one at most again when improved once.
 */
export const samplers = `
int index;
int divide(int i, int n, int q) {
  int r = i - q * n;
  return r < 0 ? q - 1 : r < n ? q : q + 1;
}
int divide(int i, int n) {
  int q = int(float(i) / float(n));
  return divide(i, n, q + int(floor(float(i - q * n) / float(n))));
}
int modulo(int i, int n) { return i - divide(i, n) * n; }
vec4 at(sampler2D x, int i) {
  int w = textureSize(x, 0).x;
  int y = divide(i, w, int(float(i) / float(w)));
  return texelFetch(x, ivec2(i - y * w, y), 0);
}`;

/** Statements that find which of the output's texels to make. */
export const position = `
  index = int(gl_FragCoord.y) * ((outTexShape[1] + 1) / 2) + int(gl_FragCoord.x);`;

/** Number of texels of a tensor. */
export function texelsOf(shape: Shape): number {
  const [matrices, rows, columns] = viewOf(shape);
  return matrices * Math.ceil(rows / 2) * Math.ceil(columns / 2);
}

/** Statements that find where the texel stands in its matrix, and in which. */
export function locate(shape: Shape, uniform: Uniform): string {
  const [, rows, columns] = viewOf(shape);
  return `
  int columns = ${uniform(Math.ceil(columns / 2))};
  int rows = ${uniform(Math.ceil(rows / 2))};
  int line = divide(index, columns);
  int column = index - line * columns;
  int matrix = divide(line, rows);
  int row = line - matrix * rows;`;
}

/**
 * The four elements of `name`, a tensor of shape `from`, that belong to the texel of a tensor of shape `to`.
 *
 * @param isPair - whether the texture holds pairs of halves
 */
export function sample(name: string, isPair: boolean, from: Shape, to: Shape, uniform: Uniform): string {
  const texelAt = (at: string): string => `${isPair ? 'whole' : 'at'}(${name}, ${at})`;
  if (sizeOf(from) === 1) return `${isPair ? texelAt('0') : `texelFetch(${name}, ivec2(0), 0)`}.xxxx`;
  const padded = [...to.slice(from.length).map(() => 1), ...from];
  if (padded.every((length, axis) => length === to[axis])) return texelAt('index');

  const [, rows, columns] = viewOf(from);
  const [, toRows, toColumns] = viewOf(to);
  const oneRow = rows === 1 && toRows > 1;
  const oneColumn = columns === 1 && toColumns > 1;
  const matrix = matrixOf(padded.slice(0, -2), to.slice(0, -2), uniform);
  const row = `(${matrix}) * ${uniform(Math.ceil(rows / 2))}${oneRow ? '' : ' + row'}`;
  const texel = `(${row}) * ${uniform(Math.ceil(columns / 2))}${oneColumn ? '' : ' + column'}`;
  const order = oneRow ? (oneColumn ? '.xxxx' : '.xyxy') : oneColumn ? '.xxzz' : '';
  return `${texelAt(texel)}${order}`;
}

/** Which matrix of the input belongs to the output's, neighbouring axes that stretch alike taken as one. */
function matrixOf(from: Shape, to: Shape, uniform: Uniform): string {
  const axes: { length: number; stretched: boolean }[] = [];
  to.forEach((length, axis) => {
    if (length === 1) return;
    const stretched = from[axis] === 1;
    const last = axes.at(-1);
    if (last?.stretched === stretched) last.length *= length;
    else axes.push({ length, stretched });
  });
  const terms: string[] = [];
  axes.forEach(({ length, stretched }, i) => {
    if (stretched) return;
    const inner = axes.slice(i + 1);
    const step = inner.reduce((product, axis) => product * axis.length, 1);
    const own = inner.reduce((product, axis) => product * (axis.stretched ? 1 : axis.length), 1);
    terms.push(`modulo(divide(matrix, ${uniform(step)}), ${uniform(length)}) * ${uniform(own)}`);
  });
  return terms.join(' + ') || '0';
}

/** Statements that give `value` to what lies in a texel beyond the last row and column of a matrix. */
export function fillBeyond(name: string, shape: Shape, value: string): string {
  const [, rows, columns] = viewOf(shape);
  const below = rows % 2 === 1 ? `\n  if (row == rows - 1) ${name}.zw = vec2(${value});` : '';
  const beside = columns % 2 === 1 ? `\n  if (column == columns - 1) ${name}.yw = vec2(${value});` : '';
  return below + beside;
}
