// SPDX-License-Identifier: Apache-2.0
// Optimizers for PyTorch that are not part of it, in float64, from their formulas: their state by its keys, and their groups.

export type Vector = readonly number[];

/** A parameter of shape [3, 2], or [3], and what is kept for it. */
export interface Kept {
  p: Vector;
  state: Record<string, { shape: readonly number[]; data: Vector }>;
}

export interface Simulated {
  /** Begins with what is kept before the first step. */
  readonly start: (p: Vector, shape: readonly number[]) => Kept['state'];
  readonly group: Record<string, unknown>;
  /** One step over all parameters, in place. */
  readonly step: (kept: Kept[], gradients: readonly Vector[], t: number) => void;
}

const zip = (f: (...x: number[]) => number, ...vectors: Vector[]): number[] =>
  vectors[0]!.map((_, i) => f(...vectors.map((vector) => vector[i]!)));
const sum = (x: Vector): number => x.reduce((a, b) => a + b, 0);
const norm = (x: Vector): number => Math.sqrt(sum(x.map((a) => a * a)));
const rms = (x: Vector): number => norm(x) / Math.sqrt(x.length);
const sign = Math.sign;

const like = (p: Vector, shape: readonly number[]): Kept['state'][string] => ({
  shape,
  data: p.map(() => 0),
});
const update = ({ state }: Kept, key: string, f: (...x: number[]) => number, ...others: Vector[]): Vector => {
  const data = zip(f, state[key]!.data, ...others);
  state[key] = { shape: state[key]!.shape, data };
  return data;
};
const setStep = ({ state }: Kept, t: number): void => {
  state['step'] = { shape: [], data: [t] };
};

const [beta1, beta2] = [0.9, 0.99];

export const lion: Simulated = {
  group: { lr: 0.01, betas: [beta1, beta2], weight_decay: 0.1 },
  start: (p, shape) => ({ exp_avg: like(p, shape) }),
  step(all, gradients) {
    all.forEach((kept, i) => {
      const g = gradients[i]!;
      const c = zip((m, x) => beta1 * m + (1 - beta1) * x, kept.state['exp_avg']!.data, g);
      kept.p = zip((p, u) => p * (1 - 0.01 * 0.1) - 0.01 * sign(u), kept.p, c);
      update(kept, 'exp_avg', (m, x) => beta2 * m! + (1 - beta2) * x!, g);
    });
  },
};

/** The two moments of Adam. */
const moments = (kept: Kept, g: Vector): { m: Vector; v: Vector } => ({
  m: update(kept, 'exp_avg', (m, x) => beta1 * m! + (1 - beta1) * x!, g),
  v: update(kept, 'exp_avg_sq', (v, x) => beta2 * v! + (1 - beta2) * x! * x!, g),
});

export const lamb = (weightDecay: number): Simulated => ({
  group: {
    lr: 0.02,
    bias_correction: true,
    betas: [beta1, beta2],
    eps: 1e-6,
    weight_decay: weightDecay,
    grad_averaging: true,
    max_grad_norm: 1,
    trust_clip: false,
    always_adapt: false,
    caution: false,
    decoupled_decay: false,
    corrected_weight_decay: false,
    max_lr_snapshot: null,
    foreach: null,
    step: 0,
  },
  start: (p, shape) => ({ exp_avg: like(p, shape), exp_avg_sq: like(p, shape) }),
  step(all, gradients, t) {
    this.group['step'] = t;
    const clip = Math.max(1, norm(gradients.flat()) / 1);
    all.forEach((kept, i) => {
      const { m, v } = moments(
        kept,
        gradients[i]!.map((x) => x / clip),
      );
      const denominator = (x: number): number => Math.sqrt(x) / Math.sqrt(1 - beta2 ** t) + 1e-6;
      const u = zip((a, b, p) => a! / (1 - beta1 ** t) / denominator(b!) + weightDecay * p!, m, v, kept.p);
      const ratio = weightDecay === 0 ? 1 : norm(kept.p) / norm(u);
      kept.p = zip((p, x) => p! - 0.02 * ratio * x!, kept.p, u);
    });
  },
});

const mean = (x: Vector): number => sum(x) / x.length;

/** Of [3, 2]. */
const rowMeans = (x: Vector): number[] => [0, 1, 2].map((i) => mean([x[2 * i]!, x[2 * i + 1]!]));
const columnMeans = (x: Vector): number[] => [0, 1].map((j) => mean([x[j]!, x[2 + j]!, x[4 + j]!]));

export const adafactor: Simulated = {
  group: {
    lr: null,
    eps: [1e-30, 1e-3],
    clip_threshold: 1,
    decay_rate: -0.8,
    beta1: 0.9,
    weight_decay: 0.05,
    scale_parameter: true,
    relative_step: true,
    warmup_init: false,
  },
  start: (p, shape) => ({
    exp_avg: like(p, shape),
    ...(shape.length === 2
      ? { exp_avg_sq_row: like([0, 0, 0], [3]), exp_avg_sq_col: like([0, 0], [2]) }
      : { exp_avg_sq: like(p, shape) }),
    RMS: like([0], []),
  }),
  step(all, gradients, t) {
    all.forEach((kept, i) => {
      const g = gradients[i]!;
      const beta = 1 - t ** -0.8;
      const rate = Math.min(1e-2, 1 / Math.sqrt(t)) * Math.max(1e-3, rms(kept.p));
      const q = g.map((x) => x * x + 1e-30);
      const average = (a: number, b: number): number => beta * a + (1 - beta) * b;
      let u: number[];
      if ('exp_avg_sq_row' in kept.state) {
        const row = update(kept, 'exp_avg_sq_row', average as never, rowMeans(q));
        const col = update(kept, 'exp_avg_sq_col', average as never, columnMeans(q));
        u = g.map((x, k) => x / Math.sqrt((row[k >> 1]! / mean(row)) * col[k & 1]!));
      } else u = zip((x, v) => x! / Math.sqrt(v!), g, update(kept, 'exp_avg_sq', average as never, q));
      const clip = Math.max(1, rms(u));
      const m = update(kept, 'exp_avg', (a, x) => 0.9 * a! + (0.1 * rate * x!) / clip, u);
      kept.state['RMS'] = { shape: [], data: [rms(kept.p)] };
      kept.p = zip((p, x) => p! - 0.05 * rate * p! - x!, kept.p, m);
      setStep(kept, t);
    });
  },
};

export const prodigy: Simulated = {
  group: {
    lr: 1,
    betas: [beta1, beta2],
    beta3: null,
    eps: 1e-8,
    weight_decay: 0.01,
    d: 1e-3,
    d0: 1e-3,
    d_max: 1e-3,
    d_numerator: 0,
    d_coef: 1,
    k: 0,
    growth_rate: Infinity,
    use_bias_correction: true,
    decouple: true,
    safeguard_warmup: false,
    fsdp_in_use: false,
    slice_p: 1,
  },
  start: (p, shape) => ({
    s: like(p, [p.length]),
    p0: { shape: [p.length], data: p },
    exp_avg: like(p, shape),
    exp_avg_sq: like(p, shape),
  }),
  step(all, gradients, t) {
    const { group } = this;
    const d = group['d'] as number;
    const beta3 = Math.sqrt(beta2);
    const lambda = (d * Math.sqrt(1 - beta2 ** t)) / (1 - beta1 ** t);
    let r = (group['d_numerator'] as number) * beta3;
    let length = 0;
    all.forEach((kept, i) => {
      const g = gradients[i]!;
      r += (d / 1e-3) * lambda * sum(zip((x, p0, p) => x! * (p0! - p!), g, kept.state['p0']!.data, kept.p));
      moments(
        kept,
        g.map((x) => d * x),
      );
      const s = update(kept, 's', (a, x) => beta3 * a! + (d / 1e-3) * lambda * x!, g);
      length += sum(s.map(Math.abs));
    });
    const largest = Math.max(group['d_max'] as number, r / length);
    Object.assign(group, {
      d: largest,
      d_max: largest,
      d_numerator: r,
      k: t,
      d_hat: r / length,
      d_denom: length,
    });
    for (const kept of all) {
      const { exp_avg: m, exp_avg_sq: v } = kept.state;
      kept.p = zip(
        (p, a, b) => p! * (1 - 0.01 * lambda) - (lambda * a!) / (Math.sqrt(b!) + largest * 1e-8),
        kept.p,
        m!.data,
        v!.data,
      );
      setStep(kept, t);
    }
  },
};

/** Both of schedule-free learning. */
export const scheduleFree = (isAdam: boolean): Simulated => ({
  group: {
    ...(isAdam ? { lr: 0.02, betas: [0.9, beta2], eps: 1e-8 } : { lr: 0.1, momentum: 0.9 }),
    r: 0,
    k: 0,
    warmup_steps: 4,
    train_mode: true,
    weight_sum: 0,
    lr_max: -1,
    scheduled_lr: 0,
    weight_lr_power: 2,
    weight_decay: 0.01,
    foreach: true,
  },
  start: (p, shape) => ({ z: { shape, data: p }, ...(isAdam && { exp_avg_sq: like(p, shape) }) }),
  step(all, gradients, t) {
    const { group } = this;
    const rate = (group['lr'] as number) * Math.min(1, t / 4);
    const largest = Math.max(rate, group['lr_max'] as number);
    const total = (group['weight_sum'] as number) + largest ** 2;
    const c = largest ** 2 / total;
    Object.assign(group, { k: t, weight_sum: total, lr_max: largest, scheduled_lr: rate });
    all.forEach((kept, i) => {
      let u: Vector = gradients[i]!;
      if (isAdam) {
        const v = update(kept, 'exp_avg_sq', (a, x) => beta2 * a! + (1 - beta2) * x! * x!, u);
        u = zip((x, a) => x! / (Math.sqrt(a! / (1 - beta2 ** t)) + 1e-8), u, v);
      }
      u = zip((x, p) => x! + 0.01 * p!, u, kept.p);
      const z = kept.state['z']!;
      kept.p = zip((p, x, a) => p! + c * (x! - p!) + rate * (0.9 * (1 - c) - 1) * a!, kept.p, z.data, u);
      kept.state['z'] = { shape: z.shape, data: zip((x, a) => x! - rate * a!, z.data, u) };
    });
  },
});
