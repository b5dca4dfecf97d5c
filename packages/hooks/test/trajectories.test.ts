// SPDX-License-Identifier: Apache-2.0
// Whole trajectories of optimizers with hooks.

import { AdamW } from '@optim/adamw';
import type { Hook } from '@optim/core';
import * as hooks from '@optim/hooks';
import { SGDW } from '@optim/sgdw';
import { goldenSuite, type GoldenCase, type GoldenFile } from '@optim/testing';
import percentiles from '@optim/testing/golden/AutoClip.json' with { type: 'json' };
import blockRms from '@optim/testing/golden/ClipByBlockRms.json' with { type: 'json' };
import updates from '@optim/testing/golden/ClipUpdates.json' with { type: 'json' };
import constraints from '@optim/testing/golden/Constraints.json' with { type: 'json' };
import decay from '@optim/testing/golden/DecayModes.json' with { type: 'json' };
import slow from '@optim/testing/golden/Grokfast.json' with { type: 'json' };
import inputs from '@optim/testing/golden/inputs.json' with { type: 'json' };
import variance from '@optim/testing/golden/MARS.json' with { type: 'json' };
import orthogonal from '@optim/testing/golden/OrthogonalizeGradients.json' with { type: 'json' };
import large from '@optim/testing/golden/SkipLargeUpdates.json' with { type: 'json' };
import outliers from '@optim/testing/golden/ZClip.json' with { type: 'json' };
import * as tf from '@tensorflow/tfjs-core';
import { inject } from 'vitest';

const atHand = ['cpu', 'wasm'].includes(inject('backend'));

const factories = { ...hooks } as unknown as Readonly<Record<string, (options: object) => Hook>>;

/** A hook as golden files write it. */
interface Written {
  readonly hook: string;
  readonly [option: string]: unknown;
}

function hookOf({ hook, ...options }: Written): Hook {
  const { match, ...others } = options as { readonly match?: readonly string[] };
  return factories[hook]!({
    ...others,
    ...(hook === 'skipLargeUpdates' && { countSkipped: !atHand }),
    ...(match && { match: new RegExp(`^(?:${match.join('|')})$`) }),
  });
}

function optimizerOf(options: GoldenCase['options']): AdamW | SGDW {
  const { optimizer, ...base } = options['base'] as { readonly optimizer: string };
  const transforms = ((options['transforms'] ?? []) as readonly Written[]).map(hookOf);
  return optimizer === 'AdamW'
    ? new AdamW({ weightDecay: 0, ...base, transforms })
    : new SGDW({ ...base, transforms });
}

/** Not a number in the first element of the gradients that a case names for the step. */
function spoil(
  optimizer: tf.Optimizer,
  gradients: readonly { readonly name: string; readonly tensor: tf.Tensor }[],
  { nonFinite }: GoldenCase,
  t: number,
): void {
  const names = (nonFinite as Readonly<Record<number, readonly string[]>> | undefined)?.[t] ?? [];
  tf.tidy(() =>
    optimizer.applyGradients(
      gradients.map(({ name, tensor }) => {
        if (!names.includes(name)) return { name, tensor };
        const first = tf.oneHot(tf.scalar(0, 'int32'), tensor.size);
        return { name, tensor: tf.where(tf.cast(tf.reshape(first, tensor.shape), 'bool'), NaN, tensor) };
      }),
    ),
  );
}

/**
 * A step along the gradient of the objective, a(p − c) + 0.3·sin 3p, worked out on the host: parameters go farther here than the
 * series for graphics processors reaches.
 */
async function minimize(optimizer: tf.Optimizer, variables: readonly tf.Variable[]): Promise<void> {
  const coefficients = inputs.objective.coefficients as Record<string, { a: number[]; c: number[] }>;
  const values = await Promise.all(variables.map((variable) => variable.data()));
  tf.tidy(() =>
    optimizer.applyGradients(
      variables.map(({ name, shape }, k) => {
        const { a, c } = coefficients[name]!;
        const gradient = Array.from(values[k]!, (p, i) => a[i]! * (p - c[i]!) + 0.3 * Math.sin(3 * p));
        return { name, tensor: tf.tensor(gradient, shape) };
      }),
    ),
  );
}

/**
 * The cases of a file that are run: all on the host, the first and the last on graphics processors, which are slow in software.
 * There a step that is left out counts, which AdamW would show.
 */
function casesOf(file: GoldenFile): readonly GoldenCase[] {
  const cases = (file.cases as readonly GoldenCase[]).filter(({ options }) => 'base' in options);
  if (atHand) return cases;
  const shown = file === large ? cases.filter(({ name }) => name === 'spike') : cases;
  return shown.filter((_, i) => i === 0 || i === shown.length - 1);
}

for (const file of [
  percentiles,
  blockRms,
  constraints,
  updates,
  decay,
  slow,
  variance,
  orthogonal,
  large,
  outliers,
]) {
  goldenSuite({ algorithm: `${file.algorithm} around an optimizer`, cases: casesOf(file) }, optimizerOf, {
    apply: spoil,
    minimize,
  });
}
