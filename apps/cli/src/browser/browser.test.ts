import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AlexNetError } from '@alexnet/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Served, serve } from './serve.ts';
import { fromWire, toWire } from './wire-error.ts';

describe('the server of the page', () => {
  let folder: string;
  let served: Served;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'alexnet-serve-'));
    await writeFile(join(folder, 'secret.txt'), 'not yours');
    await mkdir(join(folder, 'public'));
    await writeFile(join(folder, 'public', 'a.mjs'), 'export {};');
    await writeFile(join(folder, 'public', '.hidden'), 'not yours');
    served = await serve({
      html: '<p>hello</p>',
      folders: { page: join(folder, 'public') },
      made: { inputs: async (name) => (name === 'x.safetensors' ? new Uint8Array([1, 2, 3]) : undefined) },
    });
  });
  afterAll(async () => {
    await served[Symbol.asyncDispose]();
    await rm(folder, { recursive: true });
  });

  /** `fetch` would tidy `..` up before it asks. */
  const ask = (path: string) =>
    new Promise<{ status: number | undefined; type: string | undefined; isolated: boolean; body: Buffer }>(
      (resolve, reject) => {
        const { port } = new URL(served.origin);
        get({ host: '127.0.0.1', port, path }, (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('end', () =>
            resolve({
              status: response.statusCode,
              type: response.headers['content-type'],
              isolated:
                response.headers['cross-origin-opener-policy'] === 'same-origin' &&
                response.headers['cross-origin-embedder-policy'] === 'require-corp',
              body: Buffer.concat(chunks),
            }),
          );
        }).on('error', reject);
      },
    );

  it.each([
    { path: '/', type: 'text/html; charset=utf-8', body: '<p>hello</p>' },
    { path: '/page/a.mjs?v=1', type: 'text/javascript', body: 'export {};' },
    { path: '/inputs/x.safetensors', type: 'application/octet-stream', body: '\u0001\u0002\u0003' },
  ])('answers $path, cross-origin isolated', async ({ path, type, body }) => {
    expect(await ask(path)).toEqual({ status: 200, type, isolated: true, body: Buffer.from(body) });
  });

  it.each([
    { why: 'a file that is not there', path: '/page/b.mjs' },
    { why: 'a way out of the folder', path: '/page/../secret.txt' },
    { why: 'an encoded way out', path: '/page/%2e%2e/secret.txt' },
    { why: 'an encoded separator', path: '/page/..%2fsecret.txt' },
    { why: 'a backslash', path: '/page/..\\secret.txt' },
    { why: 'a hidden file', path: '/page/.hidden' },
    { why: 'the folder itself', path: '/page/' },
    { why: 'a folder that is not served', path: '/etc/passwd' },
    { why: 'a name that every object has', path: '/constructor/name' },
    { why: 'inputs that are not made', path: '/inputs/y.safetensors' },
  ])('has nothing for $why', async ({ path }) => {
    const { status, body } = await ask(path);
    expect(status).toBe(404);
    expect(body.toString()).not.toContain('not yours');
  });
});

describe('an error on its way from the page', () => {
  it.each([
    { why: 'with place and advice', details: { fix: 'Install it.', where: 'option --backend' } },
    { why: 'with advice', details: { fix: 'Install it.' } },
    { why: 'with a place', details: { where: 'node conv1' } },
    { why: 'with neither', details: {} },
  ])('stays the same $why', ({ details }) => {
    const error = new AlexNetError({ code: 'missing-dependency', message: 'There is none. Really', ...details });
    const arrived = fromWire(JSON.parse(JSON.stringify(toWire(error))));
    expect(arrived).toBeInstanceOf(AlexNetError);
    const facts = ({ code, message, fix, where }: AlexNetError) => ({ code, message, fix, where });
    expect(facts(arrived)).toEqual(facts(error));
  });

  it('has a code even if it had none', () => {
    expect(fromWire(toWire(new TypeError('x is not a function')))).toMatchObject({
      code: 'backend-failure',
      message: 'x is not a function.',
    });
  });
});
