// SPDX-License-Identifier: Apache-2.0
// The state of one parameter of PyTorch as slots.

import { show } from '@optim/options';
import type { SavedParameter } from '@optim/state';
import { fromTorchLayout, type Block } from './layout.js';
import { float32Of, type FileTensor } from './numbers.js';
import type { Row } from './parameters.js';
import { broken, countOf, listed, refused } from './refusal.js';
import type { Blocks, Group, TorchClass } from './torch-class.js';
import type { Options } from './fields.js';

/** The number of a tensor of one. */
function scalarOf(who: string, where: string, tensor: FileTensor): number {
  if (tensor.data.length !== 1) throw refused(who, where, 'be a scalar', tensor.shape);
  const isHalf = tensor.dtype === 'F16' || tensor.dtype === 'BF16';
  return isHalf ? float32Of(tensor)[0]! : Number(tensor.data[0]);
}

/** What says how many steps parameters of a group have had; `undefined` where each says so itself. */
export function countIn({ counts }: TorchClass, group: Group, step: number | undefined): unknown {
  if (counts === 'state') return undefined;
  // One step at least has been, or there would be no state.
  return counts === 'none' ? Math.max(1, step ?? 1) : group[counts.group];
}

/**
 * The slots of a parameter and the number of its updates.
 *
 * @param counted - that number, where the parameter itself does not say it
 * @throws TypeError or RangeError for tensors that the class does not have with these options, or lacks
 */
export function parameterOf(
  who: string,
  kind: TorchClass,
  row: Row,
  options: Options,
  counted: unknown,
  tensors: ReadonlyMap<string, FileTensor>,
): SavedParameter {
  const left = new Map(tensors);
  const take = (key: string): FileTensor | undefined => {
    const tensor = left.get(key);
    left.delete(key);
    return tensor;
  };
  const stepTensor = take('step');
  if (counted === undefined && !stepTensor) broken(who, 'the state has no "step"');
  const updates = countOf(who, 'step', counted ?? scalarOf(who, 'step', stepTensor!));
  for (const [key, want] of Object.entries(kind.scalars?.(options, updates) ?? {})) {
    const tensor = take(key);
    if (!tensor || kind.unread?.includes(key)) continue;
    const value = scalarOf(who, key, tensor);
    // Rounded once in each step there.
    if (!(Math.abs(value - want) <= 1e-7 * (updates + 2) * want))
      throw refused(
        who,
        key,
        `be ${want}, which follows from the options: they must have been the same from the first step on`,
        value,
      );
  }
  const block = ({ dtype, shape, data }: FileTensor): Block => ({
    shape,
    data: float32Of({ dtype, shape, data }),
  });
  const slots: Record<string, Block> = {};
  const theirs: Blocks = Object.fromEntries([...left].map(([key, tensor]) => [key, block(tensor)]));
  for (const [slot, key] of Object.entries(kind.slots(options))) {
    if (!take(key)) broken(who, `the state has no ${show(key)}`);
    slots[slot] = fromTorchLayout(who, theirs[key]!, row);
  }
  for (const key of kind.keys ?? []) take(key);
  const translated = kind.read?.(theirs, { who, row, options, shape: [] }) ?? {};
  Object.assign(slots, translated);
  if (kind.read && Object.keys(translated).length === 0)
    broken(who, `the state has no ${listed(kind.keys!)}`);
  if (left.size > 0)
    broken(who, `the state has ${listed(left.keys())}, which no slot of the class is with these options`);
  const shape = shapeOf(who, Object.values(slots), kind);
  return { name: row.variable!, ...(shape && { shape }), dtype: 'float32', updates, slots };
}

/** The shape of the variable, where the slots tell it. */
function shapeOf(who: string, slots: readonly Block[], { read }: TorchClass): readonly number[] | undefined {
  const [first] = slots;
  const other = slots.find(({ shape }) => String(shape) !== String(first?.shape));
  if (!other) return first?.shape;
  // Slots of other shapes are for the class to check.
  if (!read) throw refused(who, 'the tensors of a parameter', 'have one shape', [first!.shape, other.shape]);
  return undefined;
}
