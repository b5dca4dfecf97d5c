// SPDX-License-Identifier: Apache-2.0

import type { BaseOptimizer, NamedGradients } from '@optim/core';
import * as tf from '@tensorflow/tfjs-core';
import { refuses, type Wrong } from './refusal.js';
import { loss, train, withOptimizer, type Subject, type Check } from './subject.js';

/** A right gradient for the first variable, then whatever is wrong: nothing may be half applied. */
function applying(
  optimizer: BaseOptimizer,
  first: tf.Variable,
  name: string,
  make: () => tf.Tensor,
): () => void {
  return () =>
    tf.tidy(() => {
      const gradients = [
        { name: first.name, tensor: tf.onesLike(first) },
        { name, tensor: make() },
      ];
      optimizer.applyGradients(gradients as NamedGradients, tf.scalar(1));
    });
}

function wrongGradients(
  { name, needs }: Subject,
  optimizer: BaseOptimizer,
  variables: tf.Variable[],
): Wrong[] {
  const [scale, bias] = variables as [tf.Variable, tf.Variable];
  const apply = (of: string, make: () => tf.Tensor): (() => void) => applying(optimizer, scale, of, make);
  const ones =
    (gradients: NamedGradients): (() => void) =>
    () =>
      optimizer.applyGradients(gradients);
  if (needs.includes('closure')) {
    return [['applyGradients', apply('bias', () => tf.ones([3])), TypeError, new RegExp(`^${name}: `)]];
  }
  const calls: Wrong[] = [
    [
      'shape',
      apply('bias', () => tf.ones([4])),
      RangeError,
      `${name}: gradient of "bias" must have shape [3], got [4]`,
    ],
    [
      'rank',
      apply('bias', () => tf.ones([3, 1])),
      RangeError,
      `${name}: gradient of "bias" must have shape [3], got [3,1]`,
    ],
    ...(
      [
        ['a list of tensors', () => [tf.ones([3])], 'got an object (Tensor) at place 0'],
        ['a map', () => new Map([['bias', tf.ones([3])]]), 'got an object (Map)'],
        ['a promise', () => Promise.resolve([]), 'got an object (Promise)'],
        ['nothing', () => null, 'got null'],
        ['a number', () => 3, 'got 3'],
        ['a list with a hole', () => [null], 'got null at place 0'],
      ] as const
    ).map(([what, make, got]): Wrong => [
      what,
      () => tf.tidy(() => optimizer.applyGradients(make() as never, tf.scalar(1))),
      TypeError,
      `${name}: gradients must be a map from variable name to gradient, or a list of { name, tensor }, ${got}`,
    ]),
    [
      'no tensor',
      () => optimizer.applyGradients({ bias: [1, 2, 3] } as never),
      TypeError,
      `${name}: gradient of "bias" must be a tensor, got [1, 2, 3]`,
    ],
    [
      'dtype',
      apply('bias', () => tf.ones([3], 'int32')),
      TypeError,
      `${name}: gradient of "bias" must be float32, got int32`,
    ],
    [
      'name',
      apply('none', () => tf.ones([3])),
      RangeError,
      `${name}: no variable is named "none"; it was disposed or never made`,
    ],
    [
      'integer variable',
      () => {
        const integers = tf.tidy(() => tf.variable(tf.scalar(1, 'int32'), true, 'integers'));
        try {
          apply('integers', () => tf.scalar(1))();
        } finally {
          integers.dispose();
        }
      },
      TypeError,
      `${name}: variable "integers" must be float32 to be trained, got int32`,
    ],
    [
      'disposed gradient',
      apply('bias', () => {
        const gone = tf.onesLike(bias);
        gone.dispose();
        return gone;
      }),
      RangeError,
      `${name}: gradient of "bias" was disposed before the step`,
    ],
  ];
  if (needs.includes('gradient')) {
    calls.push([
      'no gradient',
      ones({}),
      RangeError,
      `${name}: a step needs at least one gradient, got none`,
    ]);
  }
  const withLoss = (make: () => unknown) => (): void =>
    tf.tidy(() => optimizer.applyGradients({ bias: tf.onesLike(bias) }, make() as tf.Scalar));
  calls.push(
    [
      'a loss of strings',
      withLoss(() => tf.scalar('1')),
      TypeError,
      `${name}: the loss must be a float32 scalar, got string`,
    ],
    ['a number as loss', withLoss(() => 1), TypeError, `${name}: the loss must be a float32 scalar, got 1`],
    [
      'a loss of two',
      withLoss(() => tf.ones([2])),
      RangeError,
      `${name}: the loss must be a float32 scalar, got [2]`,
    ],
  );
  if (needs.includes('loss')) {
    const message = `${name}: a step needs the value of the loss; call minimize, or applyGradients(gradients, loss)`;
    calls.push(['no loss', () => tf.tidy(() => ones({ bias: tf.onesLike(bias) })()), TypeError, message]);
  }
  return calls;
}

export const refusingGradientChecks: readonly Check[] = [
  {
    name: 'refuses wrong gradients and losses, and nothing has changed',
    run: (subject) =>
      withOptimizer(subject, {}, async (optimizer, variables) => {
        train(optimizer, variables, 1, 2);
        const own = new Error('no loss today');
        const calls: Wrong[] = [
          ...wrongGradients(subject, optimizer, variables),
          [
            'a loss that throws',
            () =>
              optimizer.minimize(
                () => {
                  loss(variables, 1);
                  throw own;
                },
                false,
                variables,
              ),
            Error,
            'no loss today',
          ],
          [
            'a loss of rank 1',
            () => optimizer.minimize(() => tf.square(variables[1]!) as tf.Scalar, false, variables),
            Error,
            /must return a scalar/,
          ],
          [
            'a loss of nothing',
            () => optimizer.minimize(() => tf.scalar(1), false, variables),
            Error,
            /Cannot find a connection/,
          ],
        ];
        await refuses(optimizer, variables, calls);
        train(optimizer, variables, 3, 3);
      }),
  },
];
