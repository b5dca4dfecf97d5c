// SPDX-License-Identifier: Apache-2.0
// What is given with a file, or to be written into one, is of the documented form.

import { AdamW } from '@optim/adamw';
import { describe, expect, it } from 'vitest';
import {
  fromKeras,
  fromTorch,
  readHdf5,
  toKeras,
  toTorch,
  writeNpz,
  writeSafetensors,
} from '../src/index.js';
import { bytesIn, recordingIn, tableOf } from './fixtures.js';

const parameters = tableOf(recordingIn('torch-AdamW'));
const bytes = bytesIn('torch-AdamW.safetensors');

describe('what stands beside a file', () => {
  const good = fromTorch(bytes, AdamW, { parameters }).state;

  it.each<[string, () => unknown, string]>([
    [
      'no exchange',
      () => fromTorch(bytes, AdamW, null as never),
      'fromTorch: options must be an object, got null',
    ],
    [
      'an option that is none',
      () => fromTorch(bytes, AdamW, { parameters, steps: 5 } as never),
      'fromTorch: unknown option "steps" (did you mean "step"?)',
    ],
    [
      'a path that is none',
      () => fromKeras(bytes, AdamW, { parameters, variables: [5] } as never),
      'fromKeras: variables must be an array of paths, or null, got [5]',
    ],
    [
      'groups that are none',
      () => toTorch(good, { parameters, parameterGroups: [{}] } as never),
      'toTorch: parameterGroups must be an array of groups, each with a match, got [an object (Object)]',
    ],
    [
      'a state with no slots',
      () => toTorch({ ...good, parameters: [{ name: 'x' }] } as never, { parameters }),
      'toTorch: the state: parameters[0].dtype must be "float32", got undefined',
    ],
    [
      'a state of 100,000 axes',
      () =>
        toKeras(
          {
            ...good,
            parameters: [
              {
                ...good.parameters[0]!,
                slots: { m: { shape: Array.from({ length: 1e5 }, () => 1), data: Float32Array.of(1) } },
              },
            ],
          },
          { parameters },
        ),
      'toKeras: the state: parameters[0].slots.m must have a shape and as many float32 numbers',
    ],
    [
      'no tensors',
      () => writeSafetensors({ tensors: 5, metadata: {} } as never),
      'writeSafetensors: tensors must be a Map of tensors by name, got 5',
    ],
    [
      'no tensor',
      () => writeSafetensors({ tensors: new Map([['a', 5]]), metadata: {} } as never),
      'writeSafetensors: tensor "a" must have a dtype, a shape and as many numbers of that dtype, got 5',
    ],
    ['no arrays', () => writeNpz([] as never), 'writeNpz: the arrays must be a Map by name, got []'],
    [
      'no group',
      () => readHdf5(bytesIn('keras-Nadam.weights.h5'), 5 as never),
      'readHdf5: the group must be names with "/" between them, got 5',
    ],
  ])('%s is refused', (_, call, message) => expect(call).toThrow(message));
});
