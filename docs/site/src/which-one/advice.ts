// SPDX-License-Identifier: Apache-2.0
// From a few answers to a class, code that runs, and the reason. Written as rules, the most telling one first.

export interface Question {
  readonly name: keyof Answers;
  readonly text: string;
  readonly answers: Readonly<Record<string, string>>;
}

export interface Answers {
  readonly model: string;
  readonly batch: string;
  readonly memory: string;
  readonly rate: string;
  readonly trouble: string;
}

export interface Advice {
  readonly name: string;
  readonly from: string;
  /** How it is made. */
  readonly making: string;
  /** What else the code imports, by package. */
  readonly imports: Readonly<Record<string, string>>;
  readonly reasons: readonly string[];
}

export const questions: readonly Question[] = [
  {
    name: 'model',
    text: 'What do you train?',
    answers: {
      any: 'something else, or I do not know',
      transformer: 'a transformer',
      convolutional: 'a convolutional network, for many epochs',
      matrices: 'a network that is nearly all dense matrices',
      small: 'a small network on all data at once',
      several: 'one network with several losses',
    },
  },
  {
    name: 'batch',
    text: 'How large is a batch?',
    answers: { usual: 'up to a few hundred', large: 'thousands' },
  },
  {
    name: 'memory',
    text: 'Is memory for the optimizer short?',
    answers: { enough: 'no', short: 'yes' },
  },
  {
    name: 'rate',
    text: 'Can you try several learning rates?',
    answers: {
      yes: 'yes',
      no: 'no, one run has to do',
      unknown: 'yes, but the length of the run is not known',
    },
  },
  {
    name: 'trouble',
    text: 'What is wrong so far?',
    answers: {
      nothing: 'nothing, I begin',
      overfit: 'the training loss is low, the test loss is not',
      start: 'the first steps do harm',
    },
  },
];

const base = { imports: {} };

const adamw: Advice = {
  ...base,
  name: 'AdamW',
  from: '@optim/adamw',
  making: 'new AdamW({ learningRate: 1e-3, weightDecay: 0.01 })',
  reasons: ['AdamW is fine here. Try a rate of 1e-3, then 3e-4; change one option at a time after that.'],
};

type Rule = readonly [fits: (answers: Answers) => boolean, advice: Advice];

const rules: readonly Rule[] = [
  [
    ({ model }) => model === 'small',
    {
      ...base,
      name: 'LBFGS',
      from: '@optim/lbfgs',
      making: "new LBFGS({ lineSearch: 'strongWolfe' })",
      reasons: [
        'With all data in every step there is no noise, and a line search finds the length of each step.',
        'For a sum of squares also look at LevenbergMarquardt.',
      ],
    },
  ],
  [
    ({ model }) => model === 'several',
    {
      name: 'PCGrad',
      from: '@optim/pcgrad',
      making: 'new PCGrad(new AdamW({ learningRate: 1e-3 }))',
      imports: { '@optim/adamw': 'AdamW' },
      reasons: [
        'It takes out of each gradient what works against the others, around the optimizer that you have.',
      ],
    },
  ],
  [
    ({ trouble }) => trouble === 'overfit',
    {
      name: 'SAM',
      from: '@optim/sam',
      making: 'new SAM(new AdamW({ learningRate: 1e-3 }), { rho: 0.05 })',
      imports: { '@optim/adamw': 'AdamW' },
      reasons: [
        'It looks for flat minima, which often means a better test loss.',
        'A step evaluates the loss twice, so it takes about twice as long. More weight decay is the cheaper first try.',
      ],
    },
  ],
  [
    ({ rate }) => rate === 'no',
    {
      ...base,
      name: 'Prodigy',
      from: '@optim/prodigy',
      making: 'new Prodigy()',
      reasons: [
        'It finds the length of the step itself. If it must be tuned after all, by `dCoef` between 0.5 and 2.',
        'It keeps four numbers a parameter, twice as many as AdamW.',
      ],
    },
  ],
  [
    ({ rate }) => rate === 'unknown',
    {
      ...base,
      name: 'ScheduleFreeAdamW',
      from: '@optim/schedulefree',
      making: 'new ScheduleFreeAdamW({ warmupSteps: 200 })',
      reasons: [
        'It needs no schedule, so it need not know when it ends.',
        'Call `useEvaluationWeights()` before evaluating.',
      ],
    },
  ],
  [
    ({ batch }) => batch === 'large',
    {
      name: 'Lamb',
      from: '@optim/lamb',
      making:
        'new Lamb({ learningRate: linearWithWarmup({ maxLearningRate: 2e-3, warmupSteps: 500, totalSteps: 5000 }) })',
      imports: { '@optim/schedules': 'linearWithWarmup' },
      reasons: [
        'Each layer takes a step in proportion to its weights, which is what keeps large batches stable.',
        'It wants a warm-up.',
      ],
    },
  ],
  [
    ({ memory }) => memory === 'short',
    {
      ...base,
      name: 'Lion',
      from: '@optim/lion',
      making: 'new Lion({ learningRate: 1e-4, weightDecay: 0.1 })',
      reasons: [
        'It keeps one number a parameter, half of AdamW. Its rate is three to ten times smaller, its decay as much larger.',
        'For large matrices AdaFactor keeps even less: rows and columns instead of elements.',
      ],
    },
  ],
  [
    ({ model }) => model === 'matrices',
    {
      ...base,
      name: 'Muon',
      from: '@optim/muon',
      making: 'new Muon({ learningRate: 0.02, adamwLearningRate: 1e-3 })',
      reasons: [
        'Its steps turn matrices evenly in all directions; it often takes fewer steps than AdamW.',
        'A step multiplies matrices: look at the time of one first. What is no matrix is trained by AdamW inside it.',
      ],
    },
  ],
  [
    ({ model }) => model === 'convolutional',
    {
      ...base,
      name: 'SGDW',
      from: '@optim/sgdw',
      making: 'new SGDW({ learningRate: 0.1, momentum: 0.9, nesterov: true, weightDecay: 5e-4 })',
      reasons: [
        'SGD with momentum is known to generalize well in long trainings of convolutional networks.',
        'Try a rate of 0.1, then 0.01; let it fall with `cosineAnnealing`. With batch normalization look at SGDP.',
      ],
    },
  ],
  [
    ({ trouble }) => trouble === 'start',
    {
      ...base,
      name: 'RAdam',
      from: '@optim/radam',
      making: 'new RAdam({ learningRate: 1e-3 })',
      reasons: [
        'It brings its own warm-up: 3 % of a step of Adam in step 6, 22 % in step 100, 65 % in step 1000.',
        'In a run of a few hundred steps take AdamW with a short warm-up instead.',
      ],
    },
  ],
  [
    ({ model }) => model === 'transformer',
    {
      ...adamw,
      making:
        'new AdamW({\n  learningRate: cosineWithWarmup({ maxLearningRate: 1e-3, warmupSteps: 200, totalSteps: 5000 }),\n  weightDecay: 0.05,\n  parameterGroups: [{ match: /bias|gamma|beta/, weightDecay: 0 }],\n})',
      imports: { '@optim/schedules': 'cosineWithWarmup' },
      reasons: ['AdamW is fine: with a warm-up, and no decay of biases and normalizations.'],
    },
  ],
];

/** Whatever may be advised. */
export const allAdvice: readonly Advice[] = [adamw, ...rules.map(([, advice]) => advice)];

export function advise(answers: Answers): Advice {
  return rules.find(([fits]) => fits(answers))?.[1] ?? adamw;
}

/** A program that makes it. */
export function codeOf({ name, from, making, imports }: Advice): string {
  const lines = Object.entries({ [from]: name, ...imports }).map(
    ([where, what]) => `import { ${what} } from '${where}';`,
  );
  return `${lines.join('\n')}\n\nconst optimizer = ${making};`;
}
