// SPDX-License-Identifier: Apache-2.0
// Reading and writing more bytes than the system takes at once.

/** Node reads and writes less than 2 GiB at once. */
const most = 2 ** 30;

/** Linux, macOS and Windows take 1024 buffers at once. */
const mostBuffers = 1000;

/**
 * Moves all bytes of some buffers, in order, between them and a file.
 *
 * @param move - moves bytes of some buffers, at a position of the file, and tells how many it has moved
 * @param limit - how many bytes to give to one `move`
 * @throws Error when `move` moves nothing: the end of the file
 */
export async function transfer(
  buffers: readonly Uint8Array[],
  position: number,
  move: (buffers: Uint8Array[], position: number) => Promise<number>,
  limit: number = most,
): Promise<void> {
  const left = buffers.filter(({ length }) => length > 0);
  let first = 0;
  let done = 0; // bytes of the first that is left
  let at = position;
  while (first < left.length) {
    const batch: Uint8Array[] = [];
    let room = limit;
    for (let i = first; i < left.length && room > 0 && batch.length < mostBuffers; i++) {
      const start = i === first ? done : 0;
      const part = left[i]!.subarray(start, start + room);
      batch.push(part);
      room -= part.length;
    }
    const moved = await move(batch, at);
    if (moved === 0) throw new Error(`the file ends at byte ${at}`);
    at += moved;
    done += moved;
    while (first < left.length && done >= left[first]!.length) done -= left[first++]!.length;
  }
}
