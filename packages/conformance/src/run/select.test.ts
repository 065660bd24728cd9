import { describe, expect, it } from 'vitest';
import { listChecks } from './plan.ts';
import { type CheckFacts, type Selection, selectChecks } from './select.ts';

const checks: readonly CheckFacts[] = [
  'op/lrn/caffe/random',
  'op/lrn/even-size/random',
  'op/conv2d/groups/random',
  'behaviour/repeatable',
  'network/bvlc-alexnet/coffee/conv1',
].map((id) => ({ id, suite: id.split('/')[0] as CheckFacts['suite'], name: id, why: id }));

describe('a selection of checks', () => {
  it.each<{ what: string; selection: Selection; taken: readonly number[] }>([
    { what: 'an id', selection: ['behaviour/repeatable'], taken: [3] },
    { what: 'the rest of an id', selection: ['op/lrn/*'], taken: [0, 1] },
    { what: 'all', selection: ['*'], taken: [0, 1, 2, 3, 4] },
    { what: 'several, in the order of the checks', selection: ['network/*', 'op/conv2d/*'], taken: [2, 4] },
    { what: 'what two patterns match, once', selection: ['op/lrn/*', 'op/lrn/caffe/random'], taken: [0, 1] },
    { what: 'a function', selection: ({ suite }) => suite === 'op', taken: [0, 1, 2] },
    { what: 'nothing', selection: [], taken: [] },
  ])('takes $what', ({ selection, taken }) => {
    expect(selectChecks(checks, selection)).toEqual(taken.map((index) => checks[index]));
  });

  it.each<{ what: string; selection: Selection; near: RegExp }>([
    { what: 'an id with a mistake', selection: ['op/lrm/caffe/random'], near: /Ids like it: op\/lrn\/caffe\/random, / },
    { what: 'a pattern with a mistake', selection: ['op/cnov2d/*'], near: /Ids like it: op\/conv2d\/groups\/random, / },
    { what: 'an id without its end', selection: ['op/lrn'], near: /Ids like it: op\/lrn\// },
    { what: 'one of several', selection: ['*', 'behavior/*'], near: /"behavior\/\*" .*behaviour\/repeatable/ },
    { what: 'a function', selection: () => false, near: /asked about 5/ },
  ])('that matches nothing is an error that says what there is: $what', ({ selection, near }) => {
    const select = () => selectChecks(checks, selection);
    expect(select).toThrow(expect.objectContaining({ code: 'unknown-name', where: 'option select' }));
    expect(select).toThrow(near);
  });
});

describe('the list of checks', () => {
  it('has unique ids, and facts only', () => {
    const all = listChecks({ level: 'quick' });
    expect(new Set(all.map(({ id }) => id)).size).toBe(all.length);
    expect(JSON.parse(JSON.stringify(all))).toEqual(all);
  });

  it('of given suites is theirs', () => {
    expect(new Set(listChecks({ suites: ['behaviour'] }).map(({ suite }) => suite))).toEqual(new Set(['behaviour']));
  });
});
