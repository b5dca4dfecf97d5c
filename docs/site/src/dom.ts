// SPDX-License-Identifier: Apache-2.0

type Properties<T> = { readonly [K in keyof T]?: T[K] };

/** A new element. What has a dash in its name is an attribute, the rest are properties. */
export function element<K extends keyof HTMLElementTagNameMap>(
  name: K,
  properties: Properties<HTMLElementTagNameMap[K]> & Readonly<Record<`${string}-${string}`, string>> = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(properties))
    if (key.includes('-')) made.setAttribute(key, String(value));
    else Object.assign(made, { [key]: value });
  made.append(...children);
  return made;
}

/** The element with an id, which the page has. */
export function byId<T extends HTMLElement = HTMLElement>(id: string): T {
  const found = document.querySelector<T>(`#${CSS.escape(id)}`);
  if (!found) throw new Error(`site: the page has no #${id}`);
  return found;
}

/** From this page to the root of the site. */
export const root: string = document.documentElement.dataset['root'] ?? './';

/** Until the next frame, or a little later in a tab that is not seen. */
export function nextFrame(): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, 100);
    requestAnimationFrame(() => {
      clearTimeout(timer);
      resolve();
    });
  });
}

/** A number in few letters: `1.5e-4`, `0.013`, `12`. */
export function short(value: number, digits = 3): string {
  if (!Number.isFinite(value)) return String(value);
  if (value === 0) return '0';
  const size = Math.abs(value);
  if (size >= 1e5 || size < 1e-3) return value.toExponential(digits - 1).replace(/\.?0*e\+?/, 'e');
  return String(Number(value.toPrecision(digits)));
}
