// SPDX-License-Identifier: Apache-2.0
// The fields of a configuration of another framework, and which options they are.

/** Options of a class by name, plain values. */
export type Options = Readonly<Record<string, unknown>>;

/** Says that a value must be another one. */
export type Refuse = (constraint: string, value: unknown) => never;

/** One field of a configuration: of a parameter group of PyTorch, of an optimizer of Keras. */
export interface Field {
  readonly name: string;
  /** The options that a value stands for. It is `undefined` where a file has no such field. */
  read(value: unknown, refuse: Refuse, optimizer: string): Options;
  /** Its value for options; `refuse` is told of an option that the other side does not have. */
  write(options: Options, refuse: (option: string, constraint: string) => never): unknown;
}

/** Whether it is a number; infinities come as strings, since JSON has none. */
function numberIn(value: unknown, refuse: Refuse): number {
  const number = value === 'Infinity' ? Infinity : value;
  return typeof number === 'number' ? number : refuse('be a number', value);
}

/** A number that is an option. */
export function number(name: string, option: string): Field {
  return {
    name,
    read: (value, refuse) => ({ [option]: numberIn(value, refuse) }),
    write: (options) => options[option],
  };
}

/** A number that is an option; `null` stands for another value. */
export function nullable(name: string, option: string, absent: unknown = null): Field {
  return {
    name,
    read: (value, refuse) => ({ [option]: value === null ? absent : numberIn(value, refuse) }),
    write: (options) => (options[option] === absent ? null : options[option]),
  };
}

/** `true` or `false`. */
export function flag(name: string, option: string): Field {
  return {
    name,
    read: (value, refuse) =>
      typeof value === 'boolean' ? { [option]: value } : refuse('be true or false', value),
    write: (options) => options[option],
  };
}

/** Two numbers in a list. */
export function pair(name: string, first: string, second: string): Field {
  return {
    name,
    read(value, refuse) {
      if (!Array.isArray(value) || value.length !== 2) return refuse('be two numbers', value);
      return { [first]: numberIn(value[0], refuse), [second]: numberIn(value[1], refuse) };
    },
    write: (options) => [options[first], options[second]],
  };
}

/** Whether the weights decay by themselves or by their gradients. */
export function decoupling(
  name: string,
  {
    whenTrue,
    whenFalse,
    absent,
  }: { whenTrue: string; whenFalse: string; absent: (optimizer: string) => boolean },
): Field {
  return {
    name,
    read(value, refuse, optimizer) {
      const isDecoupled = value ?? absent(optimizer);
      if (typeof isDecoupled !== 'boolean') refuse('be true or false', value);
      return { weightDecayMode: isDecoupled ? whenTrue : whenFalse };
    },
    write({ weightDecay, weightDecayMode: mode }, refuse) {
      if (weightDecay !== 0 && mode !== whenTrue && mode !== whenFalse)
        refuse('weightDecayMode', `'${whenTrue}' or '${whenFalse}'`);
      return mode !== whenFalse;
    },
  };
}

/** As PyTorch's own classes have it. */
export const decoupled: Field = decoupling('decoupled_weight_decay', {
  whenTrue: 'decoupled',
  whenFalse: 'coupled',
  absent: (optimizer) => optimizer === 'AdamW',
});

/** What must have this value, since there is no such option. */
export function only(name: string, value: unknown): Field {
  return {
    name,
    read: (found, refuse) =>
      found === undefined || found === value
        ? {}
        : refuse(`be ${String(value)}, since there is no such option here`, found),
    write: () => value,
  };
}

/** What has no effect on the numbers. */
export function ignored(name: string, value: unknown = null): Field {
  return { name, read: () => ({}), write: () => value };
}
