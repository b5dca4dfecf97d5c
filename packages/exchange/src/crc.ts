// SPDX-License-Identifier: Apache-2.0
// The checksum of zip archives: CRC-32, polynomial 0xEDB88320.

let table: Uint32Array | undefined;

function made(): Uint32Array {
  return Uint32Array.from({ length: 256 }, (_, byte) => {
    for (let bit = 0; bit < 8; bit++) byte = byte & 1 ? (byte >>> 1) ^ 0xedb88320 : byte >>> 1;
    return byte;
  });
}

/** The checksum of bytes, in [0, 2³²). */
export function crcOf(bytes: Uint8Array): number {
  const steps = (table ??= made());
  let crc = -1;
  for (let at = 0; at < bytes.length; at++) crc = (crc >>> 8) ^ steps[(crc ^ bytes[at]!) & 255]!;
  return ~crc >>> 0;
}
