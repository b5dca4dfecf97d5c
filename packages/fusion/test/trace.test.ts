// SPDX-License-Identifier: Apache-2.0
// What tracing records: each value once, its phase, and what replaces what.

import { describe, expect, it } from 'vitest';
import {
  constant,
  hostValues,
  phasePrograms,
  trace,
  where,
  type Program,
  type Rule,
  every,
  pow,
} from '../src/index.js';
import { nameOf } from './programs.js';

const opsOf = ({ nodes }: Program): string[] => nodes.map(nameOf);
const count = (program: Program, op: string): number => opsOf(program).filter((own) => own === op).length;

/** Names of the reductions, and of the outputs, of every phase. */
function phasesOf(program: Program): [reductions: string[], outputs: string[]][] {
  return program.phases.map(({ reductions, outputs }) => [
    reductions.map((at) => program.nodes[at]!.op),
    outputs.map(({ name }) => name),
  ]);
}

describe('nodes', () => {
  it('come after what they are made of', () => {
    const { nodes } = trace('Test', { x: [2], y: [2] }, ['s'], ({ x, y }, { s }) => ({
      z: x!.mul(s!).add(y!.sum()).div(y!.norm()),
    }));
    nodes.forEach(({ args }, at) => expect(args.every((arg) => arg < at)).toBe(true));
  });

  it('carry shape and kind', () => {
    const { nodes, outputs } = trace('Test', { x: [2, 1], y: [3] }, [], ({ x, y }) => ({
      z: where(x!.less(y!), x!.max([0]), 1),
    }));
    const [x, y, less, max, one, z] = nodes;
    expect([x, y, less, max, one, z].map((node) => [node!.op, node!.shape, node!.kind])).toEqual([
      ['input', [2, 1], 'number'],
      ['input', [3], 'number'],
      ['less', [2, 3], 'boolean'],
      ['max', [1, 1], 'number'],
      ['constant', [], 'number'],
      ['where', [2, 3], 'number'],
    ]);
    expect(max!.axes).toEqual([0]);
    expect(outputs).toEqual([{ name: 'z', node: 5, replaces: -1 }]);
  });

  it('stand once for equal values, however often they are written', () => {
    const program = trace('Test', { x: [2, 3] }, ['s'], ({ x }, { s }) => ({
      a: x!.mul(s!).add(1).sum([1]),
      b: x!.mul(s!).add(1).sum([1]).mul(x!.mul(s!)),
      c: x!.mul(s!),
    }));
    expect(opsOf(program)).toEqual(['input', 'scalar', 'mul', 'constant', 'add', 'sum', 'mul']);
    expect(program.outputs.map(({ node }) => node)).toEqual([5, 6, 2]);
  });

  it('are walked once, however often a value is used', () => {
    const program = trace('Test', { x: [1] }, [], ({ x }) => {
      let y = x!;
      for (let i = 0; i < 60; i++) y = y.add(y); // 2^60 paths: walking each would never end
      return { y };
    });
    expect(program.nodes.length).toBe(61);
  });

  it('are kept apart when anything differs', () => {
    const program = trace('Test', { x: [2, 1], y: [2, 3] }, ['x'], ({ x, y }, { x: s }) => ({
      inputs: x!.sub(y!).mul(s!),
      order: y!.sub(x!),
      zeros: x!.div(0).add(x!.div(-0)),
      axes: y!
        .sum([0])
        .add(y!.sum([1]))
        .add(y!.sum())
        .add(y!.sum([0, 1])),
      shapes: x!
        .broadcastTo([2, 2])
        .sum()
        .add(x!.broadcastTo([2, 3]).sum()),
      steps: every(x!, 2).add(every(x!, 3)).add(every(x!, 2)),
    }));
    expect(count(program, 'every')).toBe(2);
    expect(count(program, 'input')).toBe(2);
    expect(count(program, 'scalar')).toBe(1);
    expect(count(program, 'sub')).toBe(2);
    expect(count(program, 'constant')).toBe(2);
    expect(count(program, 'sum')).toBe(6);
    expect(count(program, 'broadcast')).toBe(2);
  });

  it('reduce nothing to one element where there is only one', () => {
    const { nodes, phases } = trace('Test', { x: [2, 1], s: [], none: [0] }, [], ({ x, s, none }) => ({
      a: x!.sum([1]),
      b: s!.max().add(s!.sum()),
      c: none!.sum(),
    }));
    expect(nodes.map(({ op }) => op)).toEqual(['input', 'input', 'add', 'input', 'sum']);
    expect(phases.length).toBe(1);
  });

  it('give axes in order and once', () => {
    const program = trace('Test', { x: [2, 3, 4] }, [], ({ x }) => ({
      a: x!.sum([2, 0, 2]),
      b: x!.sum([0, 2]),
    }));
    expect(count(program, 'sum')).toBe(1);
    expect(program.nodes.at(-1)).toMatchObject({ axes: [0, 2], shape: [1, 3, 1] });
  });

  it('are only those an output needs', () => {
    const program = trace('Test', { x: [2], unused: [5] }, ['s', 'idle'], ({ x, unused }, { s }) => {
      unused!.norm();
      return { y: x!.mul(s!) };
    });
    expect(opsOf(program)).toEqual(['input', 'scalar', 'mul']);
    expect(program.inputs).toEqual([0]);
    expect(program.scalars).toEqual(['s']);
  });
});

describe('host scalars', () => {
  const rule: Rule = ({ x }, { beta, t }) => {
    const correction = pow(beta!, t!).neg().add(1);
    return { y: x!.div(correction), z: where(correction.less(0.5), correction.sqrt(), 1) };
  };
  const program = trace('Test', { x: [2] }, ['beta', 't'], rule);

  it('make everything that is made of them alone a host value', () => {
    const device = program.nodes.filter(({ host }) => !host);
    // A division by one is a product with its reciprocal.
    expect(device.map(({ op }) => op)).toEqual(['input', 'mul']);
  });

  it('are computed in float64', () => {
    const values = hostValues(program, [1 - 1e-12, 1]);
    const of = (op: string): unknown => values[program.nodes.findIndex((node) => node.op === op)];
    expect(of('add')).toBe(1 - (1 - 1e-12));
    expect(of('less')).toBe(true);
    expect(of('where')).toBe(Math.sqrt(1 - (1 - 1e-12)));
    expect(of('div')).toBe(1 / (1 - (1 - 1e-12)));
    expect(of('mul')).toBeUndefined();
  });

  it('leave the host when they are reduced or broadcast', () => {
    const { nodes } = trace('Test', {}, ['s'], (_, { s }) => ({ a: s!.sum(), b: s!.broadcastTo([2]) }));
    expect(nodes.map(({ op, host }) => [op, host])).toEqual([
      ['scalar', true],
      ['sum', false],
      ['broadcast', false],
    ]);
  });
});

describe('phases', () => {
  it('are one where nothing is reduced', () => {
    const program = trace('Test', { x: [2], m: [2] }, [], ({ x, m }) => ({ m: m!.add(x!), y: x!.square() }));
    expect(phasesOf(program)).toEqual([[[], ['m', 'y']]]);
  });

  it('are one where the outputs are reductions', () => {
    const program = trace('Test', { x: [2] }, [], ({ x }) => ({ a: x!.sum(), b: x!.abs().max() }));
    expect(phasesOf(program)).toEqual([[['sum', 'max'], []]]);
  });

  it('split at a reduction: LAMB, two norms and then the step', () => {
    const program = trace('Lamb', { p: [3, 4], g: [3, 4], m: [3, 4] }, ['rate'], ({ p, g, m }, { rate }) => {
      const next = m!.mul(0.9).add(g!.mul(0.1));
      const step = next.mul(p!.norm().div(next.norm()));
      return { m: next, p: p!.sub(step.mul(rate!)) };
    });
    expect(phasesOf(program)).toEqual([
      [['sum', 'sum', 'sum', 'sum'], []],
      [[], ['m', 'p']],
    ]);
    expect(program.nodes.map(({ phase }) => phase)).toContain(1);
  });

  it('follow reductions of reduced values', () => {
    const program = trace('Test', { x: [2, 3] }, [], ({ x }) => {
      const deviation = x!.sub(x!.mean());
      const scaled = deviation.div(deviation.square().mean().sqrt());
      return { y: scaled, peak: scaled.max([1]) };
    });
    expect(phasesOf(program)).toEqual([
      [['sum'], []],
      [['sum'], []],
      [['max'], ['y']],
    ]);
  });

  it('bring independent reductions forward', () => {
    const program = trace('Test', { x: [4] }, [], ({ x }) => ({
      y: x!.sub(x!.mean()).square().sum().add(x!.max()),
    }));
    expect(phasesOf(program)).toEqual([
      [['sum', 'max'], []],
      [['sum'], []],
      [[], ['y']],
    ]);
  });

  it('as programs of their own take what was reduced before as inputs', () => {
    const program = trace('Test', { x: [2, 3] }, ['s', 't'], ({ x }, { s, t }) => ({
      x: x!.mul(s!).div(x!.add(t!).sum([1])),
    }));
    const [first, second] = phasePrograms(program);
    const sum = program.nodes.findIndex(({ op }) => op === 'sum');
    expect(first).toMatchObject({
      name: 'Test#0',
      scalars: ['t'],
      outputs: [{ name: `#${sum}`, replaces: -1 }],
    });
    expect(second).toMatchObject({ name: 'Test#1', scalars: ['s'], outputs: [{ name: 'x', replaces: 0 }] });
    expect(opsOf(first!)).toEqual(['input', 'scalar', 'add', 'sum']);
    expect(opsOf(second!)).toEqual(['input', 'scalar', 'mul', 'input', 'div']);
    expect(second!.inputs.map((at) => [second!.nodes[at]!.name, second!.nodes[at]!.shape])).toEqual([
      ['x', [2, 3]],
      [`#${sum}`, [2, 1]],
    ]);
  });
});

describe('a small value that a sweep would compute again and again', () => {
  const keptOf = (x: number[], rule: Rule): string[][] => {
    const column = x.map((n, axis) => (axis === x.length - 1 ? n : 1));
    const program = trace('Test', { x, column }, ['s'], rule);
    return program.phases.map(({ kept }) => kept.map((at) => program.nodes[at]!.op));
  };
  const normalized: Rule = ({ x }) => ({ y: x!.div(x!.norm([0])), z: x!.mul(x!.norm([0]).add(1)) });

  it('is kept between the sweep that reduces and the one that reads it', () => {
    expect(keptOf([256, 256], normalized)).toEqual([[], ['where', 'add'], []]);
  });

  it('is computed afresh where little is saved', () => {
    expect(keptOf([64, 64], normalized)).toEqual([[], []]);
    expect(keptOf([4, 65536], normalized)).toEqual([[], []]);
  });

  it('is computed afresh where it costs next to nothing, is a scalar, or known on the host', () => {
    const rule: Rule = ({ x }, { s }) => ({
      a: x!.mul(x!.sum([0]).mul(2)),
      b: x!.div(x!.norm()),
      c: x!.mul(s!.sqrt()),
    });
    expect(keptOf([256, 256], rule)).toEqual([[], []]);
  });

  it('is kept by an earlier sweep, without a phase of its own, where that can compute it', () => {
    const late: Rule = ({ x, column }) => ({ y: x!.div(x!.norm()).div(column!.sqrt()) });
    expect(keptOf([256, 256], late)).toEqual([['sqrt'], []]);
    const early: Rule = ({ x, column }) => ({ y: x!.div(x!.div(column!.sqrt()).norm()) });
    expect(keptOf([256, 256], early)).toEqual([[], []]);
  });

  it('is computed in place where there is no reduction', () => {
    expect(keptOf([256, 256], ({ x, column }) => ({ y: x!.div(column!.sqrt()) }))).toEqual([[]]);
  });

  it('may be a condition: the numbers it compares are kept', () => {
    const rule: Rule = ({ x }) => ({ y: where(x!.norm([0]).less(1), x!, 0) });
    expect(keptOf([256, 256], rule)).toEqual([[], ['where'], []]);
  });

  it('enters later phases as an input', () => {
    const program = trace('Test', { x: [256, 256] }, [], ({ x }) => ({ x: x!.div(x!.norm([0])) }));
    const at = program.nodes.findIndex(({ op }) => op === 'where');
    const [, between, last] = phasePrograms(program);
    expect(between).toMatchObject({ outputs: [{ name: `#${at}`, replaces: -1 }] });
    expect(opsOf(last!)).toEqual(['input', 'input', 'div']);
    expect(last!.nodes[1]).toMatchObject({ name: `#${at}`, shape: [1, 256] });
  });
});

describe('outputs', () => {
  it('replace the input of their name', () => {
    const program = trace('Test', { g: [2], m: [2], p: [2] }, [], ({ g, m, p }) => ({
      p: p!.sub(g!),
      m: m!.add(g!),
      q: g!,
    }));
    const replaced = program.outputs.map(({ name, replaces }) => {
      const at = program.inputs[replaces];
      return [name, at === undefined ? undefined : program.nodes[at]!.name];
    });
    expect(replaced).toEqual([
      ['p', 'p'],
      ['m', 'm'],
      ['q', undefined],
    ]);
  });

  it('replace nothing when the input is not read', () => {
    const program = trace('Test', { p: [2] }, [], () => ({ p: constant(0).broadcastTo([2]) }));
    expect(program.inputs).toEqual([]);
    expect(program.outputs).toMatchObject([{ name: 'p', replaces: -1 }]);
  });

  it('that are the input they would replace are left out', () => {
    const program = trace('Test', { p: [2], m: [2] }, [], ({ p, m }) => ({ p: p!, m: m!.mul(2) }));
    expect(program.outputs.map(({ name }) => name)).toEqual(['m']);
    expect(trace('Test', { p: [2] }, [], ({ p }) => ({ p: p! })).nodes).toEqual([]);
  });
});
