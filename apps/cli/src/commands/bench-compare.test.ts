import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BenchmarkReport, linesOf } from '@alexnet/benchmark';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { alexnet, alexnetJson } from '../testing/run-command.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'alexnet compare '));
  for (const [name, ms] of Object.entries({ old: 10, same: 10.05, slower: 10.4, faster: 5 })) {
    const lines = linesOf(timed(ms)).map((line) => JSON.stringify(line));
    await writeFile(at(`${name}.jsonl`), `${lines.join('\n')}\n`);
    await writeFile(at(`${name}.json`), JSON.stringify(timed(ms), null, 2));
    await writeFile(at(`${name}-cut.jsonl`), `${lines.slice(0, 2).join('\n')}\n{"rec`);
  }
  await writeFile(at('refused.json'), JSON.stringify({ ...timed(1), measurements: [], refusals: [refusal] }));
});
afterAll(() => rm(folder, { recursive: true }));
const at = (name: string) => join(folder, name);

const refusal = { candidate: 'a', precision: 'f32', variant: 'torchvision', reason: 'does not conform' } as const;

const timed = (ms: number): BenchmarkReport => ({
  schema: 'alexnet-benchmark/1',
  seed: 0,
  measurements: [
    {
      candidate: 'a',
      precision: 'f32',
      kind: 'ours',
      engine: 'engine',
      device: 'CPU',
      threads: 2,
      variant: 'torchvision',
      batch: 1,
      phase: 'warm',
      samples: 36,
      p50Ms: ms,
      p90Ms: ms,
      p99Ms: ms,
      ciLowMs: ms * 0.99,
      ciHighMs: ms * 1.01,
      outliers: 0,
    },
  ],
  memory: [],
  comparisons: [],
  refusals: [],
  warnings: [],
});

describe('bench --compare', () => {
  it.each([
    { files: ['old.json', 'same.jsonl'], code: 0, verdict: 'no difference shown' },
    { files: ['old.jsonl', 'faster.json'], code: 0, verdict: 'faster' },
    { files: ['old.json', 'slower.json'], code: 1, verdict: 'slower' },
    { files: ['old.json', 'slower.json', '--tolerance', '5%'], code: 0, verdict: 'slower' },
    { files: ['old-cut.jsonl', 'slower.json', '--tolerance', '1.5'], code: 1, verdict: 'slower' },
  ])('$files: $verdict, exit code $code', async ({ files: [older, newer, ...options], code, verdict }) => {
    const run = await alexnetJson('bench', '--compare', at(older!), at(newer!), ...options);
    expect(run.code).toBe(code);
    expect(run.records[0]).toMatchObject({ record: 'change', candidate: 'a', verdict, regressed: code === 1 });
    expect(run.records.at(-1)).toEqual({ record: 'end', changes: 1, regressed: code, lost: 0 });
  });

  it('fails when a backend is refused that was timed before', async () => {
    const { code, records } = await alexnetJson('bench', '--compare', at('old.json'), at('refused.json'));
    expect(code).toBe(1);
    expect(records).toContainEqual({ record: 'lost', ...refusal });
  });

  it.each([
    { why: 'one file', args: ['--compare', 'old.json'], says: /two files, not 1/ },
    { why: 'a tolerance alone', args: ['--tolerance', '5%'], says: /--tolerance belongs to --compare/ },
    { why: 'a tolerance that is none', args: ['--tolerance', 'some'], says: /--tolerance takes a percentage/ },
    { why: 'a peer alone', args: ['--relative-to', 'x'], says: /--relative-to belongs to --compare/ },
  ])('is wrong with $why', async ({ args, says }) => {
    await expect(alexnet('bench', ...args)).rejects.toThrow(says);
  });

  it('names the file and line that is damaged', async () => {
    await writeFile(at('damaged.jsonl'), '{"record":"start","schema":"alexnet-benchmark/1","seed":-1}\n');
    await expect(alexnet('bench', '--compare', at('damaged.jsonl'), at('old.json'))).rejects.toMatchObject({
      code: 'invalid-file',
      where: expect.stringContaining('damaged.jsonl line 1: seed'),
    });
  });
});
