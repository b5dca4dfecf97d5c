// SPDX-License-Identifier: Apache-2.0
// Lines over steps on a logarithmic axis, as paths.

/** The powers of ten that an axis begins and ends with. */
export interface Decades {
  readonly from: number;
  readonly to: number;
}

const isShown = (value: number | undefined): value is number =>
  value !== undefined && value > 0 && Number.isFinite(value);

/** The decades that hold all numbers that a logarithmic axis can show; at least one. */
export function decadesOf(lines: readonly (readonly (number | undefined)[])[]): Decades {
  const logs = lines.flat().filter(isShown).map(Math.log10);
  if (logs.length === 0) return { from: -1, to: 0 };
  const least = logs.reduce((a, b) => Math.min(a, b));
  const most = logs.reduce((a, b) => Math.max(a, b));
  const from = Math.floor(least);
  return { from, to: Math.max(from + 1, Math.ceil(most)) };
}

/** The path of a line in a box; it is broken where there is no number, zero, or one that is not finite. */
export function pathOf(
  values: readonly (number | undefined)[],
  { from, to }: Decades,
  width: number,
  height: number,
): string {
  const last = Math.max(1, values.length - 1);
  let path = '';
  let isOpen = false;
  values.forEach((value, i) => {
    if (!isShown(value)) {
      isOpen = false;
      return;
    }
    const x = (width * i) / last;
    const y = height * (1 - (Math.log10(value) - from) / (to - from));
    path += `${isOpen ? 'L' : 'M'}${x.toFixed(1)} ${y.toFixed(1)}`;
    isOpen = true;
  });
  return path;
}

/** A number in few letters. */
export function short(value: number | undefined): string {
  if (value === undefined) return '–';
  if (!Number.isFinite(value)) return String(value);
  if (value === 0) return '0';
  const size = Math.abs(value);
  if (size >= 1e5 || size < 1e-3) return value.toExponential(1).replace('e+', 'e');
  return String(Number(value.toPrecision(3)));
}
