// SPDX-License-Identifier: Apache-2.0

import { vi } from 'vitest';

/** Counts from now on the calls of a method of one of the browser's classes; mocks are restored after each test. */
export function countCalls(className: string, method: string): () => number {
  const { prototype } = (globalThis as unknown as Record<string, { prototype: Record<string, () => void> }>)[
    className
  ]!;
  const calls = vi.spyOn(prototype, method);
  return () => calls.mock.calls.length;
}
