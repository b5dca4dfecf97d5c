// SPDX-License-Identifier: Apache-2.0
// The variables of an optimizer in a file of Keras, by the keys "0", "1", …: an .npz file of theirs alone, or a file of a whole model.

import { isRecord } from '@optim/options';
import { parseJson } from '@optim/state';
import { isHdf5, readHdf5 } from './hdf5.js';
import { npzIn } from './npz.js';
import type { FileTensor } from './numbers.js';
import { broken } from './refusal.js';
import { readZip } from './zip.js';

interface KerasFile {
  readonly arrays: ReadonlyMap<string, FileTensor>;
  /** The configuration of the optimizer, where the file has it. */
  readonly config?: unknown;
}

/** Where they lie in an HDF5 file, which is `weights` in a .keras file. */
const group = 'optimizer/vars';
const weights = 'model.weights.h5';

/** @throws TypeError for a file that is none of these, or is malformed */
export function kerasFile(who: string, bytes: Uint8Array): KerasFile {
  if (bytes instanceof Uint8Array && isHdf5(bytes)) return { arrays: readHdf5(bytes, group) };
  const members = readZip(bytes, (what) => broken(who, what));
  const whole = members.get(weights);
  if (!whole) return { arrays: npzIn(members) };
  const text = new TextDecoder().decode(
    members.get('config.json') ?? broken(who, 'the file has no config.json'),
  );
  const json = parseJson(`${who}: config.json`, text);
  const compiled = isRecord(json) ? json['compile_config'] : undefined;
  const optimizer = isRecord(compiled) ? compiled['optimizer'] : undefined;
  if (!isRecord(optimizer)) return broken(who, 'the model was not compiled with an optimizer');
  return { arrays: readHdf5(whole, group), config: optimizer['config'] };
}
