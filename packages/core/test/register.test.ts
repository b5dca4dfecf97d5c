// SPDX-License-Identifier: Apache-2.0
// Other copies of TensorFlow.js, as a page with a script tag has one.

import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { register as registerClasses } from '../src/authoring.js';
import { register } from '../src/index.js';
import { Heavy } from './rules.js';

class Heavier extends Heavy {
  static override readonly className: string = 'Heavier';
}

/** What another copy has been told, by class name. */
function copy(): { tf: Parameters<typeof register>[0]; classes: Map<string, unknown> } {
  const classes = new Map<string, unknown>();
  const registerClass = (cls: { className: string }): unknown => classes.set(cls.className, cls);
  return { tf: { serialization: { registerClass } }, classes };
}

it('tells another copy what was imported before, and what is imported after', () => {
  registerClasses(Heavy);
  const other = copy();
  register(other.tf);
  expect(other.classes.get('Heavy')).toBe(Heavy);
  expect(other.classes.has('Heavier')).toBe(false);
  registerClasses(Heavier);
  expect(other.classes.get('Heavier')).toBe(Heavier);
  const { classNameMap } = tf.serialization.SerializationMap.getMap();
  expect(classNameMap['Heavier']?.[0]).toBe(Heavier);
});

it('tells a copy that is given twice once', () => {
  let told = 0;
  const counted = { serialization: { registerClass: (): unknown => (told += 1) } };
  register(counted);
  const first = told;
  register(counted);
  expect(told).toBe(first);
});

it.each([[undefined], [null], [{}], [{ serialization: {} }]])('refuses %o', (given) => {
  expect(() => register(given as never)).toThrow(/^@optim\/core: register takes TensorFlow\.js, got /);
});
