import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { BackendReport } from '@alexnet/conformance';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { alexnet, alexnetJson } from '../testing/run-command.ts';

const example = fileURLToPath(new URL('../../../../examples/backend-in-plain-javascript/backend.mjs', import.meta.url));

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'alexnet conform '));
});
afterAll(() => rm(folder, { recursive: true }));
const at = (name: string) => join(folder, name);

type Line = Partial<{ backend: string; id: string; passed: number; failed: number }>;

describe('conform --select', () => {
  it('runs the checks that are named, in all parts of the run, and no others', async () => {
    const { code, records } = await alexnetJson<Line>(
      ...['conform', '--backend', 'reference', '--level', 'quick', '--no-cache'],
      ...['--select', 'op/relu/*', 'behaviour/memory', 'network/torchvision/chelsea/conv1'],
    );
    const ids = records.slice(0, -1).map(({ id = '' }) => id.replace(/^op\/relu\/.*/, 'op/relu'));
    expect([...new Set(ids)]).toEqual(['op/relu', 'behaviour/memory', 'network/torchvision/chelsea/conv1']);
    expect(records.at(-1)).toEqual({ passed: records.length - 1, failed: 0, skipped: [] });
    expect(code).toBe(0);
  });

  it.each(['op/rleu/*', 'network/torchvision/coffee/*', 'network/caffenet/*'])(
    'that matches nothing ends before anything runs: %s',
    async (pattern) => {
      const run = alexnetJson('conform', '--backend', 'reference', '--level', 'quick', '--select', pattern);
      await expect(run).rejects.toMatchObject({ code: 'unknown-name', where: 'option select' });
    },
  );
});

describe('conform of a module', () => {
  it('writes JUnit and JSON files of what it found', async () => {
    await mkdir(at('ci'));
    const { code, records } = await alexnetJson<Line>(
      ...['conform', '--backend', example, '--level', 'quick', '--no-cache', '--select', 'op/lrn/*', 'network/*'],
      ...['--junit', at('ci/report.xml'), '--json-file', at('report.json')],
    );
    expect(code).toBe(0);
    expect(records[0]).toMatchObject({ backend: 'plain-javascript', status: 'passed' });
    const [report] = JSON.parse(await readFile(at('report.json'), 'utf8')) as BackendReport[];
    expect(report!.backend.id).toBe('plain-javascript');
    expect(report!.checks.map(({ id }) => id)).toEqual(records.slice(0, -1).map(({ id }) => id));
    expect(report!.endToEnd.map(({ variant }) => variant)).toContain('torchvision');
    const xml = await readFile(at('ci/report.xml'), 'utf8');
    expect(xml.match(/<testcase /g)).toHaveLength(report!.checks.length);
    expect(xml).toContain('<testsuite name="plain-javascript.network"');
  });

  it('runs beside backends that the command knows', async () => {
    const { records } = await alexnetJson<Line>(
      ...['conform', '--backend', 'reference', example, '--level', 'quick', '--select', 'behaviour/memory'],
    );
    expect(records.slice(0, -1).map(({ backend }) => backend)).toEqual(['reference', 'plain-javascript']);
  });

  it.each([
    { what: 'that is not there', args: ['./nothing.mjs'], code: 'unknown-name' },
    { what: 'that is no backend and no package', args: ['no-such-package'], code: 'unknown-name' },
    { what: 'in a page', args: [example, '--in', 'chromium'], code: 'unsupported' },
  ])('$what is an error', async ({ args, code }) => {
    await expect(alexnet('conform', '--level', 'quick', '--backend', ...args)).rejects.toMatchObject({ code });
  });
});
