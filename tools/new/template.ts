// SPDX-License-Identifier: Apache-2.0
// The files of a new package. It compiles and steps (by momentum); its test fails until there are golden numbers and
// the rule reproduces them.

import type { Manifest } from '../workspace.js';

export interface Choice {
  /** Last part of the package's name. */
  name: string;
  family: string;
  class: string;
  license: string;
}

type NewManifest = Manifest & Record<string, unknown>;

/** The package.json; what only the author knows is empty, which the licence audit refuses. */
export function manifest({ name, family, class: className, license }: Choice): NewManifest {
  return {
    name: `@optim/${name}`,
    version: '0.0.0',
    description: `${className} optimizer for TensorFlow.js`,
    keywords: ['tensorflow.js', 'tfjs', 'optimizer', name],
    license,
    type: 'module',
    sideEffects: true,
    exports: {
      '.': {
        '@optim/source': './src/index.ts',
        types: './dist/index.d.ts',
        default: './dist/index.js',
      },
      './package.json': './package.json',
    },
    main: './dist/index.js',
    types: './dist/index.d.ts',
    files: ['dist', 'src', 'CHANGELOG.md'],
    engines: { node: '>=20.19' },
    publishConfig: { access: 'public' },
    dependencies: { '@optim/core': 'workspace:^', '@optim/formulas': 'workspace:^' },
    peerDependencies: { '@tensorflow/tfjs-core': '^3.21.0 || ^4.0.0 || ^4.23.0-0' },
    devDependencies: { '@optim/testing': 'workspace:*', '@tensorflow/tfjs-core': '4.22.0' },
    optim: {
      family,
      algorithms: [{ class: className, paper: '' }],
    },
  };
}

/** src/index.ts: an algorithm that steps by momentum. */
export function source({ name, class: className, license }: Choice): string {
  return `// SPDX-License-Identifier: ${license}
// Authors, "Title", arXiv id
// Checked against implementation and version.

import {
  commonOptions,
  hyper,
  Optimizer,
  register,
  type Hyper,
  type OptimizerOptions,
  type Rule,
} from '@optim/core/authoring';
import { ema, zeros } from '@optim/formulas';

/** Options of {@link ${className}}. */
export interface ${className}Options extends OptimizerOptions {
  /** Decay of the first moment. @defaultValue \`0.9\` */
  beta1?: Hyper;
}

/**
 * In one line, what it does that its neighbours do not.
 *
 * Then the recurrence in a \`text\` block; the slots with their shapes; where epsilon, weight decay and bias
 * correction sit; how it differs from the paper and from other implementations.
 *
 * **When to use:** the problem it is good at. **When not:** where another one does better. **Hint:** which option to
 * change first, and to what.
 *
 * @example
 * \`\`\`ts
 * import { ${className} } from '@optim/${name}';
 *
 * model.compile({ optimizer: new ${className}({ learningRate: 1e-3 }), loss: 'meanSquaredError' });
 * \`\`\`
 */
export class ${className} extends Optimizer<${className}Options> {
  static readonly className: string = '${className}';

  static override readonly rule: Rule<${className}Options, 'm', { stepSize: number }> = {
    options: {
      learningRate: hyper('[0, ∞)', 1e-3),
      beta1: hyper('[0, 1)', 0.9),
      ...commonOptions(),
    },
    momentum: ['m'],
    slots: () => ({ m: zeros }),
    coefficients: (t, { learningRate, beta1 }) => ({ stepSize: learningRate / (1 - beta1 ** t) }),
    update({ param, grad, m }, { beta1, stepSize }) {
      m = ema(m, grad, beta1);
      return { m, param: param.sub(m.mul(stepSize)) };
    },
  };
}

register(${className});
`;
}

/** test/NAME.test.ts */
export function test({ name, class: className, license }: Choice): string {
  return `// SPDX-License-Identifier: ${license}

import { ${className} } from '@optim/${name}';
import { suite } from '@optim/testing';
import golden from '@optim/testing/golden/${className}.json' with { type: 'json' };

suite(golden, (options) => new ${className}(options));
`;
}

/** test/trial.ts */
export function trial({ name, class: className, license }: Choice): string {
  return `// SPDX-License-Identifier: ${license}

import { ${className} } from '@optim/${name}';
import type { Trials } from '@optim/testing';

export const trials: Trials = { ${className}: () => new ${className}({ learningRate: 1e-3 }) };
`;
}

/** packages/testing/golden/CLASS.json: one case, whose name says what is to be done. */
export function golden({ class: className }: Choice): string {
  const name = `STUB: put numbers of a real implementation into packages/testing/golden/${className}.json, as the README there says`;
  const stub = {
    name,
    mode: 'gradients',
    options: {},
    float32Deviation: 0,
    trajectory: { 1: { bias: [] } },
  };
  return `${JSON.stringify({ algorithm: className, references: [], cases: [stub] }, undefined, 2)}\n`;
}

/** .changeset/NAME.md */
export function changeset({ name, class: className }: Choice): string {
  return `---\n'@optim/${name}': minor\n---\n\n${className}, in its first version.\n`;
}
