// SPDX-License-Identifier: Apache-2.0
// HTML as tagged templates: what is put in is escaped, unless it is HTML itself.

/** Text that is HTML already. */
export class Html {
  constructor(readonly text: string) {}
}

type Value = Html | string | number | boolean | null | undefined | readonly Value[];

const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

export function escape(text: string): string {
  return text.replaceAll(/[&<>"]/g, (letter) => escapes[letter]!);
}

function rendered(value: Value): string {
  if (value instanceof Html) return value.text;
  if (Array.isArray(value)) return value.map(rendered).join('');
  return value === undefined || value === null || value === false ? '' : escape(String(value));
}

export function html(strings: TemplateStringsArray, ...values: Value[]): Html {
  return new Html(strings.map((text, i) => text + (i < values.length ? rendered(values[i]) : '')).join(''));
}

export function raw(text: string): Html {
  return new Html(text);
}
