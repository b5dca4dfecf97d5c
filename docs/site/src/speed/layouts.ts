// SPDX-License-Identifier: Apache-2.0

/** Lists of parameters that are measured, in words; their shapes stand in tools/bench/subjects.ts. */
export const layoutTitles: Readonly<Record<string, string>> = {
  '1M': 'one tensor of a million',
  '200 x 1k': '200 tensors of a thousand',
  mobilenet: 'the tensors of MobileNet',
  '10M': 'one tensor of ten million',
};
