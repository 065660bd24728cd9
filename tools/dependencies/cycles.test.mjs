import { expect, it } from 'vitest';
import { findCycles } from './cycles.mjs';

/** @param {Record<string, string[]>} edges */
const graph = (edges) => new Map(Object.entries(edges).map(([from, to]) => [from, new Set(to)]));

it.each([
  ['a diamond has none', { a: ['b', 'c'], b: ['d'], c: ['d'], d: [] }, []],
  ['an edge to something outside is none', { a: ['outside'] }, []],
  ['a self-loop', { a: ['a'] }, [['a', 'a']]],
  ['two that import each other', { a: ['b'], b: ['a'] }, [['a', 'b', 'a']]],
  ['the short way round, not the long one', { a: ['b', 'd'], b: ['c'], c: ['d'], d: ['a'] }, [['a', 'd', 'a']]],
  ['a cycle that is entered from outside', { in: ['a'], a: ['b'], b: ['c'], c: ['a'] }, [['a', 'b', 'c', 'a']]],
  [
    'two cycles, one leading to the other',
    { a: ['b'], b: ['a', 'c'], c: ['d'], d: ['c'] },
    [
      ['c', 'd', 'c'],
      ['a', 'b', 'a'],
    ],
  ],
])('finds cycles: %s', (_name, edges, cycles) => {
  expect(findCycles(graph(edges))).toEqual(cycles);
});
