import { describe, expect, it } from 'vitest';
import type { Examination } from './choice.ts';
import { type ExamineOptions, examineBackends } from './examine-backends.ts';
import type { ChoiceStore } from './kept.ts';
import { selectBackend } from './select-backend.ts';
import { fake, fakeClock } from './testing/fakes.ts';
import { tiny } from './testing/tiny-workload.ts';

const clock = fakeClock();
const options: ExamineOptions = {
  workload: tiny,
  secondsPerBackend: 1,
  secondsToTime: 0.05,
  now: clock.now,
  today: () => new Date(0),
};

describe('selectBackend', () => {
  it('gives the chosen backend, ready, and leaves no other', async () => {
    const providers = [fake('slow', { clock, ms: 5 }), fake('fast', { clock, ms: 2 })];
    const { choice, backend } = await selectBackend(providers, {}, options);
    expect([choice.chosen, backend.id]).toEqual(['fast', 'fast']);
    expect(providers.map(({ counts }) => counts.left)).toEqual([0, 1]);
    await using program = await backend.compile(tiny.graph, tiny.weights);
    expect((await program.run({ input: tiny.input }))['prob']?.shape).toEqual([1, 4]);
    await backend[Symbol.asyncDispose]();
    expect(providers[1]!.counts.left).toBe(1); // the program
  });

  it('never falls back: where nothing is suitable it says what each lacks, and what to do', async () => {
    const providers = [
      fake('gpu', { availability: { available: false, detail: 'no adapter', fix: 'Use a GPU.' } }),
      fake('wasm', { clock, ms: 5 }),
    ];
    const rejected = selectBackend(providers, { latency: 1 }, options);
    await expect(rejected).rejects.toMatchObject({
      code: 'unsupported',
      message: expect.stringMatching(
        /gpu: It is not available here: no adapter\. wasm: It takes 5\.00 ms for a tiny network, at most 1\.00 ms were asked for\. Use a GPU\.$/,
      ),
      fix: 'Use a GPU.',
      cause: { findings: [{ backend: 'gpu' }, { backend: 'wasm' }] },
    });
    expect(providers.map(({ counts }) => counts.left)).toEqual([0, 0]);
  });

  it('says so where there is no provider', async () => {
    await expect(selectBackend([], {}, options)).rejects.toMatchObject({
      code: 'unsupported',
      message: expect.stringContaining('no provider to choose from'),
    });
  });
});

/** A store in memory, whose one entry tests may damage. */
function memoryStore(): ChoiceStore & { readonly entries: Map<string, string> } {
  const entries = new Map<string, string>();
  return {
    entries,
    get: async (key) => entries.get(key),
    async set(key, value) {
      entries.set(key, value);
    },
  };
}

describe('a choice that is kept', () => {
  const setUp = () => {
    const store = memoryStore();
    const provider = fake('only', { clock });
    const kept = { store, place: 'here' };
    const select = async (changes: Partial<ExamineOptions> = {}, requirements = {}) => {
      const { choice, backend } = await selectBackend([provider], requirements, { ...options, kept, ...changes });
      await backend[Symbol.asyncDispose]();
      return choice;
    };
    return { store, provider, kept, select };
  };

  it('is used the next time without a run, and says that it was kept and when it was measured', async () => {
    const { provider, select } = setUp();
    const first = await select();
    const runs = provider.counts.runs;
    const second = await select({ today: () => new Date(86_400_000) });
    expect(second).toEqual({ ...first, cached: true });
    expect(second.measuredAt).toBe('1970-01-01T00:00:00.000Z');
    expect(provider.counts.runs).toBe(runs);
  });

  it('is measured anew where that is asked for, and then kept', async () => {
    const { kept, select } = setUp();
    await select();
    const today = () => new Date(86_400_000);
    expect(await select({ kept: { ...kept, refresh: true }, today })).toMatchObject({ cached: false });
    expect(await select()).toMatchObject({ cached: true, measuredAt: '1970-01-02T00:00:00.000Z' });
  });

  it.each<{
    why: string;
    changes?: (kept: { store: ChoiceStore; place: string }) => Partial<ExamineOptions>;
    requirements?: object;
  }>([
    { why: 'another place', changes: (kept) => ({ kept: { ...kept, place: 'there' } }) },
    { why: 'other threads', changes: () => ({ threads: 2 }) },
    { why: 'another seed', changes: () => ({ seed: 1 }) },
    { why: 'another network to time', changes: () => ({ workload: { ...tiny, name: 'another' } }) },
    { why: 'another requirement', requirements: { latency: 100 } },
  ])('is not used for $why', async ({ changes = () => ({}), requirements = {} }) => {
    const { kept, select } = setUp();
    await select();
    const { cached } = await select(changes(kept), requirements).catch(() => ({ cached: false }));
    expect(cached).toBe(false);
  });

  it('is not used once an engine has another version', async () => {
    const { kept } = setUp();
    const detail = (version: string) => fake('only', { clock, availability: { available: true, detail: version } });
    await examineBackends([detail('engine 1.0')], {}, { ...options, kept });
    expect(await examineBackends([detail('engine 1.1')], {}, { ...options, kept })).toMatchObject({ cached: false });
    expect(await examineBackends([detail('engine 1.0')], {}, { ...options, kept })).toMatchObject({ cached: true });
  });

  it.each<{ why: string; damage: (entry: string) => string }>([
    { why: 'cut off', damage: (entry) => entry.slice(0, -9) },
    { why: 'empty', damage: () => '' },
    { why: 'null', damage: () => 'null' },
    { why: 'of another key', damage: (entry) => entry.replace('here', 'there') },
    { why: 'of another version', damage: (entry) => entry.replace('alexnet-choice/1', 'alexnet-choice/0') },
    { why: 'without findings', damage: changed((examination) => ({ ...examination, findings: undefined })) },
    {
      why: 'with a choice that was not found',
      damage: changed((examination) => ({ ...examination, chosen: 'other' })),
    },
    { why: 'without reasons', damage: changed((examination) => ({ ...examination, reasons: undefined })) },
    { why: 'without a time', damage: changed((examination) => ({ ...examination, measuredAt: undefined })) },
  ])('is ignored when it is $why, and replaced', async ({ damage }) => {
    const { store, provider, kept } = setUp();
    const examine = () => examineBackends([provider], {}, { ...options, kept });
    await examine();
    for (const [key, entry] of store.entries) store.entries.set(key, damage(entry));
    expect(await examine()).toMatchObject({ chosen: 'only', cached: false });
    expect(await examine()).toMatchObject({ chosen: 'only', cached: true });
  });

  it('is not needed: a store that fails costs no choice', async () => {
    const broken = async () => {
      throw new Error('disk full');
    };
    const { select } = setUp();
    expect(await select({ kept: { store: { get: broken, set: broken }, place: '' } })).toMatchObject({ cached: false });
  });

  it('is measured anew where its backend cannot be created any more', async () => {
    const { store } = setUp();
    const kept = { store, place: 'here' };
    const first = await selectBackend(
      [fake('a', { clock, ms: 1 }), fake('b', { clock, ms: 2 })],
      {},
      { ...options, kept },
    );
    expect(first.choice.chosen).toBe('a');
    const gone = fake('a', {
      create: async () => {
        throw new Error('gone');
      },
    });
    const { choice, backend } = await selectBackend([gone, fake('b', { clock, ms: 2 })], {}, { ...options, kept });
    expect([choice.chosen, choice.cached, backend.id]).toEqual(['b', false, 'b']);
  });

  it('is not kept where nothing could be used', async () => {
    const { store, select } = setUp();
    await expect(select({}, { training: true })).rejects.toMatchObject({ code: 'unsupported' });
    expect(store.entries.size).toBe(0);
  });
});

/** Damages what is kept of an examination. */
function changed(change: (examination: Examination) => object): (entry: string) => string {
  return (entry) => {
    const { key, examination } = JSON.parse(entry) as { key: string; examination: Examination };
    return JSON.stringify({ key, examination: change(examination) });
  };
}
