import { expect, it } from 'vitest';
import type { Cause } from '../diagnosis/diagnosis.ts';
import { findingsOf, firstWrongLayers, firstWrongLayerText } from './findings.ts';
import type { Check } from './report.ts';

const cause = (id: string): Cause => ({ id, cause: `does ${id}`, fix: 'Do not.' });
const failed = (id: string, causes: readonly string[], more: Partial<Check> = {}): Check => ({
  id,
  suite: 'op',
  name: id,
  why: 'w',
  status: 'failed',
  diagnosis: {
    ...(causes[0] === undefined ? {} : { cause: cause(causes[0]) }),
    alternatives: causes.slice(1).map(cause),
  },
  ms: 1,
  ...more,
});

it('one cause that explains many failures is preferred to those that explain few', () => {
  const checks = [
    failed('a', ['nothing-written', 'dropped']),
    failed('b', ['dropped']),
    failed('c', ['dropped', 'never-first']),
    failed('d', []),
    { ...failed('e', ['dropped']), status: 'skipped' as const },
  ];
  expect(findingsOf(checks).map(({ cause: { id }, checks: ids }) => [id, ids])).toEqual([['dropped', ['a', 'b', 'c']]]);
});

it('the first wrong layer of a network is named, with what is wrong after it', () => {
  const layer = (name: string, image: string, more: Partial<Check> = {}) =>
    failed(name, [], { suite: 'network', variant: 'small', image, layer: name, maxRatio: 12.3, ...more });
  const checks = [
    layer('conv1', 'one', { status: 'passed' }),
    layer('conv2', 'one'),
    layer('fc8', 'one'),
    layer('fc6', 'two', { maxRatio: 'Infinity' }),
    failed('end-to-end', [], { suite: 'network', variant: 'small', image: 'one' }),
  ];
  expect(firstWrongLayers(checks).map(firstWrongLayerText)).toEqual([
    'conv2 is the first wrong layer, 12 times over its budget; later ones are judged on the right input, and fc8 fails too',
    'fc6 is the first wrong layer; later ones are judged on the right input and pass',
  ]);
});
