// SPDX-License-Identifier: Apache-2.0
// The memory that arrays are staged in.

let memory: WebAssembly.Memory | undefined;
let view = new Float32Array(0);
const pageBytes = 65536;

/** The memory the kernels run in. */
export function scratchMemory(): WebAssembly.Memory {
  return (memory ??= new WebAssembly.Memory({ initial: 16 }));
}

/** Float32 view of the scratch memory, at least `length` numbers long; another one after the memory has grown. */
export function scratch(length: number): Float32Array {
  const { buffer } = scratchMemory();
  const missing = 4 * length - buffer.byteLength;
  if (missing > 0) memory!.grow(Math.ceil(missing / pageBytes));
  if (view.buffer !== memory!.buffer) view = new Float32Array(memory!.buffer);
  return view;
}
