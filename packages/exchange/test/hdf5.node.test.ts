// SPDX-License-Identifier: Apache-2.0
// Models as Keras 3.16 has saved them, with the states of `keras-AdamW.npz` and `keras-Nadam.npz`.

import { AdamW } from '@optim/adamw';
import { NAdam } from '@optim/nadam';
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { fromKeras, readHdf5, readNpz } from '../src/index.js';
import { bytesIn, recordingIn, tableOf } from './fixtures.js';

const group = 'optimizer/vars';
const hdf5 = bytesIn('keras-Nadam.weights.h5');
const keras = bytesIn('keras-AdamW.keras');

it('the arrays of an HDF5 file are those that numpy has', () => {
  const read = readHdf5(hdf5, group);
  const want = readNpz(bytesIn('keras-Nadam.npz'));
  expect([...read.keys()].sort()).toEqual([...want.keys()].sort());
  for (const [name, tensor] of want) expect(read.get(name)).toEqual(tensor);
  expect([...readHdf5(hdf5, 'layers/dense/vars').values()].map(({ shape }) => shape)).toEqual([[5, 3], [3]]);
  expect(readHdf5(hdf5, 'optimizer').size).toBe(0);
});

it('a state in a file of the whole model is that of the file of the optimizer alone', () => {
  const nadam = recordingIn('keras-Nadam');
  const given = { parameters: tableOf(nadam), config: nadam.config!, variables: nadam.variables! };
  expect(fromKeras(hdf5, NAdam, given).state).toEqual(
    fromKeras(bytesIn('keras-Nadam.npz'), NAdam, given).state,
  );

  const adamw = recordingIn('keras-AdamW');
  const parameters = tableOf(adamw);
  const want = fromKeras(bytesIn('keras-AdamW.npz'), AdamW, { parameters, config: adamw.config! });
  // A .keras file has the configuration, too.
  const found = fromKeras(keras, AdamW, { parameters, variables: adamw.variables! });
  expect(found.state).toEqual(want.state);
  expect(() => fromKeras(hdf5, AdamW, { parameters })).toThrow('config must be an object, got undefined');
});

/** The file with 8 bytes more at the place of an address. */
function withAddress(at: number, address: number): Uint8Array {
  const bytes = hdf5.slice();
  new DataView(bytes.buffer).setBigUint64(at, BigInt(address), true);
  return bytes;
}

const view = new DataView(hdf5.buffer, hdf5.byteOffset);
const rootTree = Number(view.getBigUint64(0x50, true));

it.each<[string, Uint8Array, string, string]>([
  ['no HDF5', keras, group, 'not a file of HDF5'],
  [
    'a newer superblock',
    Uint8Array.of(...hdf5.subarray(0, 8), 2, ...hdf5.subarray(9)),
    group,
    'superblocks of version 2',
  ],
  ['no such group', hdf5, 'optimizer/slots', 'there is no group "optimizer/slots"'],
  ['an array for a group', hdf5, `${group}/0`, 'a group must have a symbol table'],
  ['an address beyond the end', withAddress(0x40, hdf5.length), group, 'truncated'],
  ['an address of 64 bits', withAddress(0x40, 2 ** 63), group, 'truncated'],
  ['a tree that leads to itself', withAddress(rootTree + 32, rootTree), group, 'leads to itself'],
  ['a truncated file', hdf5.subarray(0, 700), group, 'truncated'],
])('%s is refused', (_what, bytes, at, message) => {
  expect(() => readHdf5(bytes, at)).toThrow(message);
  expect(() => readHdf5(bytes, at)).toThrow(TypeError);
});

it('whatever is changed or missing, a file is read or refused, soon', () => {
  const changes = fc.array(fc.tuple(fc.nat(hdf5.length - 1), fc.nat(255)), { minLength: 1, maxLength: 8 });
  const lengths = fc.oneof(fc.constant(hdf5.length), fc.nat(hdf5.length));
  const size = [...readHdf5(hdf5, group).values()].reduce((sum, { data }) => sum + data.byteLength, 0);
  fc.assert(
    fc.property(changes, lengths, (all, length) => {
      const bytes = hdf5.slice(0, length);
      for (const [at, value] of all) if (at < length) bytes[at] = value;
      try {
        const found = [...readHdf5(bytes, group).values()];
        expect(found.reduce((sum, { data }) => sum + data.byteLength, 0)).toBeLessThanOrEqual(hdf5.length);
      } catch (error) {
        if (!(error instanceof TypeError && error.message.startsWith('readHdf5: '))) throw error;
      }
    }),
    { numRuns: 3000 },
  );
  expect(size).toBeGreaterThan(700);
});
