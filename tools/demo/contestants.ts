// SPDX-License-Identifier: Apache-2.0
// The optimizers of the comparison, each with the peak of its learning rate; the shape of the schedule is the same.

import { AdaBelief } from '@optim/adabelief';
import { AdaFactor } from '@optim/adafactor';
import { AdamP } from '@optim/adamp';
import { AdamW } from '@optim/adamw';
import type { Schedule } from '@optim/core';
import { DAdaptAdam } from '@optim/dadaptation';
import { Lamb } from '@optim/lamb';
import { Lookahead } from '@optim/lookahead';
import { SAM } from '@optim/sam';
import { scheduleCallback, type ScheduleCallback } from '@optim/schedules';
import * as tf from '@tensorflow/tfjs-core';

/** An optimizer under a schedule; one that takes no schedule comes with a callback of `fit`. */
interface Contestant {
  readonly peak: number;
  make(learningRate: Schedule): { readonly optimizer: tf.Optimizer; readonly callbacks?: ScheduleCallback[] };
}

export const contestants: Readonly<Record<string, Contestant>> = {
  'tf.train.adam': {
    peak: 0.01,
    make: (learningRate) => {
      const optimizer = tf.train.adam();
      return { optimizer, callbacks: [scheduleCallback(learningRate, optimizer)] };
    },
  },
  AdamW: {
    peak: 0.01,
    make: (learningRate) => ({ optimizer: new AdamW({ learningRate, weightDecay: 0.05 }) }),
  },
  AdaBelief: {
    peak: 0.02,
    make: (learningRate) => ({ optimizer: new AdaBelief({ learningRate, weightDecay: 0.05 }) }),
  },
  AdamP: {
    peak: 0.01,
    make: (learningRate) => ({ optimizer: new AdamP({ learningRate, weightDecay: 0.05 }) }),
  },
  Lamb: { peak: 0.01, make: (learningRate) => ({ optimizer: new Lamb({ learningRate }) }) },
  AdaFactor: { peak: 0.1, make: (learningRate) => ({ optimizer: new AdaFactor({ learningRate }) }) },
  // It finds the step size by itself; the schedule only scales it.
  DAdaptAdam: { peak: 1, make: (learningRate) => ({ optimizer: new DAdaptAdam({ learningRate }) }) },
  SAM: {
    peak: 0.01,
    make: (learningRate) => ({ optimizer: new SAM(new AdamW({ learningRate, weightDecay: 0.05 })) }),
  },
  Lookahead: {
    peak: 0.01,
    make: (learningRate) => ({ optimizer: new Lookahead(new AdamW({ learningRate, weightDecay: 0.05 })) }),
  },
};
