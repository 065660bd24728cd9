import { mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { oracleFiles } from './oracle-files.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'alexnet-oracle-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const key = (n: number) => `sha256-${n.toString(16).padStart(64, '0')}`;
const KB = 1024;
const bytes = (n: number) => new Uint8Array(KB).fill(n);
/** Makes a file look as if it was last used so many minutes ago. */
const unusedFor = (n: number, minutes: number) => {
  const then = new Date(Date.now() - minutes * 60_000);
  utimesSync(join(folder, key(n)), then, then);
};
const left = () =>
  readdirSync(folder)
    .map((name) => Number.parseInt(name.slice('sha256-'.length), 16))
    .toSorted((a, b) => a - b);

describe('the files of the oracle', () => {
  it('give back what was put, also to another process, until it is deleted', async () => {
    await oracleFiles({ folder }).put(key(1), bytes(7));
    const store = oracleFiles({ folder });
    expect(await store.get(key(1))).toEqual(bytes(7));
    expect(await store.get(key(2))).toBeUndefined();
    await store.delete(key(1));
    expect(await store.get(key(1))).toBeUndefined();
  });

  it('take no more than they may: what was not used for longest goes', async () => {
    const before = oracleFiles({ folder });
    for (const n of [1, 2, 3, 4]) {
      await before.put(key(n), bytes(n));
      unusedFor(n, 10 - n);
    }
    writeFileSync(join(folder, 'notes.txt'), 'not ours');
    const store = oracleFiles({ folder, maxBytes: 4 * KB });
    await store.get(key(1));
    await store.put(key(5), bytes(5)); // 3.75 KB may stay
    rmSync(join(folder, 'notes.txt')); // is still there
    expect(left()).toEqual([1, 4, 5]);
  });

  it('stay within bounds in a long run', async () => {
    const store = oracleFiles({ folder, maxBytes: 32 * KB });
    for (let n = 0; n < 100; n++) {
      await store.put(key(n), bytes(n));
      expect(left().length).toBeLessThanOrEqual(32);
    }
    expect(left().length).toBeGreaterThan(25);
    expect(left()).toContain(99);
  });

  it('are whole, or not there, when several fill and shrink the folder at once', async () => {
    const problems: string[] = [];
    const options = { folder, maxBytes: 8 * KB, onProblem: (problem: string) => void problems.push(problem) };
    const work = async (first: number) => {
      const store = oracleFiles(options);
      for (let i = 0; i < 60; i++) {
        const n = (first + i * 7) % 20;
        const found = await store.get(key(n));
        if (found === undefined) await store.put(key(n), bytes(n));
        else expect(found).toEqual(bytes(n));
      }
    };
    await Promise.all([work(0), work(3), work(11)]);
    expect(problems).toEqual([]);
  });

  it('say once what is wrong where they cannot be written, and are left out', async () => {
    const file = join(folder, 'a file');
    writeFileSync(file, '');
    const problems: string[] = [];
    const store = oracleFiles({ folder: join(file, 'oracle'), onProblem: (problem) => void problems.push(problem) });
    await store.put(key(1), bytes(1));
    expect(await store.get(key(1))).toBeUndefined();
    await store.put(key(2), bytes(2));
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(/^Nothing is kept of what the oracle computes: ENOTDIR/);
  });
});
