// SPDX-License-Identifier: Apache-2.0
// The digits as `tools/site/digits.ts` packs them.

import { root } from '../dom.js';

export const side = 28;
export const pixels: number = side * side;

export interface Digits {
  readonly count: number;
  /** Grey levels from 0 to 1, image after image. */
  readonly images: Float32Array;
  readonly labels: Uint8Array;
}

export async function fetchDigits(): Promise<Digits> {
  const answer = await fetch(`${root}assets/digits.bin`);
  if (!answer.ok || !answer.body) throw new Error('The digits did not come: reload the page.');
  const stream = answer.body.pipeThrough(new DecompressionStream('deflate-raw'));
  const bytes = new Uint8Array(await new Response(stream).arrayBuffer());
  const length = 1 + pixels / 2;
  const count = bytes.length / length;
  const images = new Float32Array(count * pixels);
  const labels = new Uint8Array(count);
  for (let i = 0; i < count; i++) {
    labels[i] = bytes[i * length]!;
    for (let j = 0; j < pixels / 2; j++) {
      const two = bytes[i * length + 1 + j]!;
      images[i * pixels + 2 * j] = (two >> 4) / 15;
      images[i * pixels + 2 * j + 1] = (two & 15) / 15;
    }
  }
  return { count, images, labels };
}

/** Draws one digit, light on dark. */
export function drawDigit(canvas: HTMLCanvasElement, { images }: Digits, index: number): void {
  canvas.width = side;
  canvas.height = side;
  const context = canvas.getContext('2d')!;
  const picture = context.createImageData(side, side);
  for (let i = 0; i < pixels; i++) {
    const level = images[index * pixels + i]!;
    picture.data.set([20 + 225 * level, 23 + 220 * level, 28 + 205 * level, 255], 4 * i);
  }
  context.putImageData(picture, 0, 0);
}
