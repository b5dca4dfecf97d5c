// SPDX-License-Identifier: Apache-2.0
// Shows what is emitted for a class, phase by phase, in the language of each backend.

import type * as tf from '@tensorflow/tfjs-core';
import { byId, element } from '../dom.js';
import { textsOf, type PhaseTexts } from './texts.js';

const languages = ['wasm', 'wgsl', 'glsl'] as const;
type Language = (typeof languages)[number];

/** What is said of a text: how many pieces, of what. */
const about: Readonly<Record<Language, (count: number) => string>> = {
  wasm: (count) =>
    `On wasm and cpu, which share these kernels: ${count === 1 ? 'one function' : `${count} functions`}, disassembled. Locals from 0 on are pointers, lengths, then numbers of the step.`,
  wgsl: (count) =>
    count === 0
      ? 'WebGPU binds too few buffers for this phase: plain ops run it there.'
      : `On webgpu: ${count === 1 ? 'one compute shader' : `${count} compute shaders`}; tensors are updated in place.`,
  glsl: (count) =>
    `On webgl: ${count === 1 ? 'one fragment shader' : `${count} fragment shaders`}, within what TensorFlow.js puts around every packed program. A texture cannot be changed in place, so each output is new.`,
};

const phase = byId<HTMLSelectElement>('phase');
const code = byId('kernel');
const buttons = [...document.querySelectorAll<HTMLButtonElement>('[data-language][aria-pressed]')];
let texts: readonly PhaseTexts[] = [];
let language: Language = 'wasm';

function show(): void {
  for (const button of buttons)
    button.setAttribute('aria-pressed', String(button.dataset['language'] === language));
  const chosen = texts[Number(phase.value)];
  const pieces = chosen?.[language] ?? [];
  byId('kernel-about').textContent = chosen
    ? about[language](pieces.length)
    : 'No kernel of ours: TensorFlow.js runs all of its step.';
  code.textContent = pieces.join(language === 'wasm' ? '\n\n' : '\n\n// ----\n\n');
}

/** Shows the phases of a class; that of the update with the most operations first. */
export function showKernels(name: string, make: () => tf.Optimizer): void {
  byId('kernel-of').textContent = name;
  texts = textsOf(make);
  phase.replaceChildren(
    ...texts.map((each, i) =>
      element('option', { value: String(i) }, `${each.name}, ${each.operations} operations`),
    ),
  );
  const most = texts.reduce(
    (best, { operations }, i) => (operations > texts[best]!.operations ? i : best),
    0,
  );
  phase.value = String(most);
  show();
}

phase.addEventListener('change', show);
for (const button of buttons) {
  button.addEventListener('click', () => {
    language = button.dataset['language'] as Language;
    show();
  });
}
