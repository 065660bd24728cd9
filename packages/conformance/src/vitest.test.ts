import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { startVitest, type TestCase, type TestSuite } from 'vitest/node';

/*
 * Runs the tests that the adapter registers in a vitest of their own, and looks at how they end.
 */

const root = fileURLToPath(new URL('..', import.meta.url));
const source = ['@alexnet/source'];

let tests: readonly TestCase[];
let groups: readonly TestSuite[];
beforeAll(async () => {
  const vitest = await startVitest(
    'test',
    [],
    { root, config: false, watch: false, include: ['src/testing/adapter.fixture.ts'], reporters: [{}] },
    { resolve: { conditions: source }, ssr: { resolve: { conditions: source } } },
  );
  const [module] = vitest.state.getTestModules();
  tests = [...module!.children.allTests()];
  groups = [...module!.children.suites()];
  await vitest.close();
  process.exitCode = 0; // that of the inner run, whose tests fail on purpose
});

const stateOf = (test: TestCase) => {
  const result = test.result();
  return {
    name: test.name,
    state: result.state,
    says: result.state === 'skipped' ? result.note : result.errors?.[0]?.message,
  };
};
const ending = (group: string, name: RegExp) =>
  tests.filter((test) => test.fullName.startsWith(`conformance of ${group}`) && name.test(test.name)).map(stateOf);
const wrongLrn = 'a backend with a wrong LRN';

describe('tests of vitest, one per check', () => {
  it('pass and fail as their checks do', () => {
    for (const { state } of ending(wrongLrn, /^op\/relu/)) expect(state).toBe('passed');
    expect(ending(wrongLrn, /one\/(conv1|norm1|fc8)$/)).toEqual([
      { name: 'network/small/one/conv1', state: 'passed' },
      {
        name: 'network/small/one/norm1',
        state: 'failed',
        says: expect.stringMatching(/agrees with the oracle.*: \d+ of/),
      },
      { name: 'network/small/one/fc8', state: 'passed' },
    ]);
  });

  it('are skipped with the reason, where the backend declares nothing or the author says so', () => {
    expect(ending(wrongLrn, /^(op\/lrn|behaviour)/)).toEqual([
      { name: 'op/lrn/caffe/random', state: 'skipped', says: 'LRN has no kernel yet' },
      { name: 'behaviour/repeatable', state: 'skipped', says: 'The backend does not declare deterministic' },
    ]);
  });

  it('fail where a skip is out of date', () => {
    for (const { state, says } of ending(wrongLrn, /^op\/softmax/)) {
      expect(state).toBe('failed');
      expect(says).toContain('Unexpected pass: remove the skip "was wrong once"');
    }
  });

  it('say why they fail, and what to do, where that is known', () => {
    const [{ says } = { says: '' }] = ending(wrongLrn, /one\/norm1$/);
    expect(says).toMatch(/\n(Most likely: .*\nFix: |The wrong elements|No known mistake)/);
  });

  it('take the backend of a provider that is an object of a class', () => {
    const found = ending('a class', /^op\/relu\/one/);
    expect(found.length).toBeGreaterThan(0);
    for (const { state } of found) expect(state).toBe('passed');
  });

  it('are only those that are selected', () => {
    expect(ending(wrongLrn, /\/two\/|conv2d/)).toEqual([]);
  });

  it('dispose of the backend at the end', () => {
    const group = groups.find(({ name }) => name.endsWith(wrongLrn))!;
    expect(group.errors().map(({ message }) => message)).toEqual(['disposed']);
  });

  it('are skipped with what the provider says, where the backend is not available', () => {
    const found = ending('absent', /./);
    expect(found.length).toBeGreaterThan(0);
    for (const end of found) expect(end).toMatchObject({ state: 'skipped', says: 'There is no such device' });
  });

  it('of what is no backend say what is missing', () => {
    const group = groups.find(({ name }) => name.endsWith('what is no backend'))!;
    expect(group.errors()[0]?.message).toMatch(/no backend: environment is undefined, not an object; capabilities is/);
  });
});
