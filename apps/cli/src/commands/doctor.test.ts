import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Examination, Finding } from '@alexnet/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { alexnetJson } from '../testing/run-command.ts';

/*
 * The command on real engines, with a cache folder of its own.
 */

let folder: string;
const before = process.env['XDG_CACHE_HOME'];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'alexnet-doctor-'));
  process.env['XDG_CACHE_HOME'] = folder;
});
afterAll(async () => {
  if (before === undefined) delete process.env['XDG_CACHE_HOME'];
  else process.env['XDG_CACHE_HOME'] = before;
  await rm(folder, { recursive: true });
});

type Record = ({ record: 'finding' } & Finding) | ({ record: 'end'; findings: number } & Omit<Examination, 'findings'>);

async function doctor(...args: readonly string[]) {
  const { code, records } = await alexnetJson<Record>('doctor', ...args);
  const findings = records.filter((record) => record.record === 'finding');
  return { code, findings, end: records.at(-1) };
}

describe('alexnet doctor', () => {
  it('runs what it is told to, says which to use and why, and keeps that', async () => {
    const first = await doctor('--backend', 'onnx-web', 'tfjs-wasm');
    expect(first.findings).toMatchObject([
      { backend: 'onnx-web', status: 'ok', correctness: { passed: true }, download: { gzipBytes: expect.any(Number) } },
      {
        backend: 'tfjs-wasm',
        status: 'warn',
        evidence: expect.arrayContaining([
          expect.stringContaining('One thread: tfjs has no WebAssembly threads in Node'),
        ]),
      },
    ]);
    for (const { lacks, speed } of first.findings) {
      expect(lacks).toEqual([]);
      expect(speed?.p50Ms).toBeGreaterThan(0);
    }
    expect(first.end).toMatchObject({
      record: 'end',
      schema: 'alexnet-choice/1',
      chosen: expect.stringMatching(/^(onnx-web|tfjs-wasm)$/),
      runnerUp: expect.stringMatching(/^(onnx-web|tfjs-wasm)$/),
      reasons: expect.arrayContaining([expect.stringContaining('is right')]),
      cached: false,
      findings: 2,
    });
    expect(first.code).toBe(0);

    const second = await doctor('--backend', 'onnx-web', 'tfjs-wasm');
    expect(second).toEqual({ ...first, end: { ...first.end, cached: true } });
    const third = await doctor('--backend', 'onnx-web', 'tfjs-wasm', '--refresh');
    expect(third.end).toMatchObject({ cached: false });
  });

  it('measures all the same where nothing can be kept', async () => {
    const choices = join(folder, 'alexnet', 'choices');
    await rm(choices, { recursive: true, force: true });
    await writeFile(choices, 'a file in place of the folder');
    const { code, end } = await doctor('--backend', 'onnx-web');
    expect([code, end]).toMatchObject([0, { chosen: 'onnx-web', cached: false }]);
    expect(await readdir(join(folder, 'alexnet'))).toContain('choices');
    await rm(choices);
  });

  it('asks for what it is told to', async () => {
    const asked = ['--precision', 'q8', '--deterministic', '--latency', '60000', '--max-download', '5MB'];
    const { code, end } = await doctor('--backend', 'onnx-web', ...asked);
    expect(end).toMatchObject({
      reasons: expect.arrayContaining([
        expect.stringMatching(
          /brings 3\.7 MB of at most 5\.0 MB, it stores weights as q8, it takes .*, two runs gave the same bits/,
        ),
      ]),
    });
    expect(code).toBe(0);
  });

  it('ends with 1 where nothing is suitable, and says what each lacks', async () => {
    const { code, findings, end } = await doctor('--max-download', '100kB');
    expect(findings.length).toBeGreaterThan(5);
    for (const { lacks } of findings) expect(lacks.join()).toMatch(/brings|does not state/);
    expect(end).not.toHaveProperty('chosen');
    expect(code).toBe(1);
  });

  it('ends with 1 where a backend that was named is missing, though another can be used', async () => {
    const { code, findings, end } = await doctor('--backend', 'onnx-webgpu', 'onnx-node', '--threads', '1');
    expect(findings[0]).toMatchObject({ status: 'warn', prescriptions: [expect.stringContaining('Use a browser')] });
    expect(findings[1]).toMatchObject({ environment: { threads: 1 } });
    expect(end).toMatchObject({ chosen: 'onnx-node' });
    expect(code).toBe(1);
  });
});
