// SPDX-License-Identifier: Apache-2.0
// The form of one optimizer: its class, sliders for the numbers in its option table, a schedule, hooks.

import type { Control, Controls } from '../../../../tools/site/catalogue.js';
import { element, short } from '../dom.js';
import { sampleOf } from '../theme.js';
import type { Contestant } from './setting.js';
import { hooks, schedules } from './walk.js';

/** Where a slider of an option goes from 0 to 1: logarithmic but for shares, which are finest near 1. */
function scaleOf({ range, default: value = 1 }: Control): {
  toValue(x: number): number;
  toSlider(value: number): number;
} {
  const isInteger = range.startsWith('an integer');
  if (/\[0, 1[)\]]/.test(range) && value >= 0.5)
    return {
      toValue: (x) => Number((1 - 10 ** (-4 * x)).toPrecision(4)),
      toSlider: (y) => (y >= 1 ? 1 : -Math.log10(1 - y) / 4),
    };
  const middle = value === 0 ? 1e-2 : Math.abs(value);
  const [least, largest] = /0, 1[)\]]/.test(range) ? [middle / 1e3, 1] : [middle / 1e3, middle * 1e3];
  const span = Math.log10(largest / least);
  return {
    toValue: (x) => {
      const y = x <= 0 && /\[0/.test(range) ? 0 : Number((least * 10 ** (span * x)).toPrecision(2));
      return isInteger ? Math.max(1, Math.round(y)) : Math.min(y, /1\)/.test(range) ? 0.9999 : y);
    },
    toSlider: (y) => (y <= least ? 0 : Math.min(1, Math.log10(y / least) / span)),
  };
}

/** A slider for an option; a double click brings its default back. */
function slider(control: Control, current: number | undefined, change: (value: number) => void): HTMLElement {
  const { toValue, toSlider } = scaleOf(control);
  const value = current ?? control.default ?? 1;
  const output = element('output', {}, short(value, 4));
  const input = element('input', {
    type: 'range',
    min: '0',
    max: '1',
    step: '0.005',
    title: control.meaning,
  });
  input.value = String(toSlider(value));
  const set = (next: number): void => {
    output.textContent = short(next, 4);
    input.setAttribute('aria-valuetext', short(next, 4));
    change(next);
  };
  input.setAttribute('aria-valuetext', short(value, 4));
  input.addEventListener('input', () => set(toValue(Number(input.value))));
  input.addEventListener('dblclick', () => {
    input.value = String(toSlider(control.default ?? 1));
    set(control.default ?? 1);
  });
  return element('label', { className: 'field' }, element('span', {}, control.name, output), input);
}

function selectOf(
  label: string,
  names: readonly string[],
  chosen: string,
  change: (name: string) => void,
): HTMLElement {
  const select = element(
    'select',
    { 'aria-label': label },
    ...names.map((name) => element('option', { value: name }, name || 'none')),
  );
  select.value = chosen;
  select.addEventListener('change', () => change(select.value));
  return select;
}

/** What can happen to a form. */
export interface FormEvents {
  onChange(contestant: Contestant): void;
  /** Another class: the form is made again. */
  onClass(name: string): void;
  /** Absent for the last one that is left. */
  readonly onRemove?: (() => void) | undefined;
}

export function formOf(
  first: Contestant,
  i: number,
  classes: readonly Controls[],
  { onChange, onClass, onRemove }: FormEvents,
): HTMLElement {
  let contestant = first;
  const update = (change: Partial<Contestant>): void => onChange((contestant = { ...contestant, ...change }));
  const { options, summary } = classes.find(({ name }) => name === first.name)!;
  const sliders = options.map((control) =>
    slider(control, first.options[control.name], (value) =>
      update({ options: { ...contestant.options, [control.name]: value } }),
    ),
  );
  const boxes = Object.keys(hooks).map((name) => {
    const box = element('input', { type: 'checkbox', checked: first.hooks.includes(name) });
    box.addEventListener('change', () =>
      update({
        hooks: box.checked ? [...contestant.hooks, name] : contestant.hooks.filter((hook) => hook !== name),
      }),
    );
    return element('label', {}, box, ` ${name}`);
  });
  const remove = element('button', { type: 'button', 'aria-label': `Remove ${first.name}` }, '×');
  remove.addEventListener('click', () => onRemove?.());
  const key = element('span', { className: 'key', innerHTML: sampleOf(i) });
  const names = classes.map(({ name }) => name);
  const head = element(
    'div',
    { className: 'row' },
    key,
    selectOf(`Optimizer ${i + 1}`, names, first.name, onClass),
  );
  if (onRemove) head.append(remove);
  const [rate, ...others] = sliders;
  const more = element('details', {}, element('summary', {}, 'Options, schedule, hooks'));
  const schedule = selectOf('Schedule', ['', ...Object.keys(schedules)], first.schedule, (name) =>
    update({ schedule: name }),
  );
  more.append(
    element('p', {}, summary),
    ...others,
    element('label', { className: 'field' }, element('span', {}, 'schedule of the learning rate'), schedule),
    element('fieldset', { className: 'row' }, element('legend', {}, 'Hooks'), ...boxes),
  );
  return element(
    'section',
    { className: 'card contestant', 'aria-label': first.name },
    head,
    ...(rate ? [rate] : []),
    more,
  );
}
