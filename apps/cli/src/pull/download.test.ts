import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { variantIds } from '@alexnet/core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type DownloadOptions, download, partialOf } from './download.ts';
import { fetchPublished } from './fetch-published.ts';
import { hashFile } from './hash-file.ts';
import { publishedFile, registry } from './registry.ts';

const file = Buffer.from(Uint8Array.from({ length: 100_003 }, (_, i) => (i * 31) % 251));

let folder: string;
let server: Server;
let answers: ((request: IncomingMessage, response: ServerResponse) => void)[];
let asked: (string | undefined)[];
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'alexnet-download-'));
  server = createServer((request, response) => {
    asked.push(request.headers.range);
    (answers.shift() ?? whole)(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
  rmSync(folder, { recursive: true });
});
afterEach(() => rmSync(partialOf(target()), { force: true }));

type Answer = (request: IncomingMessage, response: ServerResponse) => void;
const whole: Answer = (_request, response) => response.writeHead(200, { 'content-length': file.length }).end(file);
const rest: Answer = (request, response) => {
  const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')![1]);
  response
    .writeHead(206, { 'content-range': `bytes ${from}-${file.length - 1}/${file.length}` })
    .end(file.subarray(from));
};
const cutAfter =
  (bytes: number): Answer =>
  (_request, response) => {
    response.writeHead(200, { 'content-length': file.length });
    response.write(file.subarray(0, bytes), () => setTimeout(() => response.destroy(), 20));
  };
const status =
  (code: number, headers: Record<string, string> = {}): Answer =>
  (_request, response) =>
    response.writeHead(code, headers).end('no');

const target = () => join(folder, 'file');
async function get(given: Answer[], options: DownloadOptions = {}) {
  answers = given;
  asked = [];
  const { port } = server.address() as AddressInfo;
  await download(`http://127.0.0.1:${port}/file`, target(), { pauseMs: 1, stallMs: 150, retries: 2, ...options });
  return readFileSync(target());
}

describe('download', () => {
  it.each<{ what: string; given: Answer[]; ranges: (string | undefined)[]; options?: DownloadOptions }>([
    { what: 'a file', given: [whole], ranges: [undefined] },
    { what: 'after a cut, the rest', given: [cutAfter(40_000), rest], ranges: [undefined, 'bytes=40000-'] },
    {
      what: 'after a cut, all again from a server without ranges',
      given: [cutAfter(40_000), whole],
      ranges: [undefined, 'bytes=40000-'],
    },
    {
      what: 'after several cuts, as long as each brings something',
      given: [1, 2, 3, 4].map(
        (n): Answer =>
          (request, response) => {
            if (n === 1) return cutAfter(20_000)(request, response);
            const from = Number(/\d+/.exec(request.headers.range!)![0]);
            response.writeHead(206, { 'content-range': `bytes ${from}-${file.length - 1}/${file.length}` });
            response.write(file.subarray(from, from + 20_000), () => setTimeout(() => response.destroy(), 20));
          },
      ),
      ranges: [undefined, 'bytes=20000-', 'bytes=40000-', 'bytes=60000-', 'bytes=80000-'],
    },
    {
      what: 'after a busy server',
      given: [status(503), status(429, { 'retry-after': '0' }), whole],
      ranges: [undefined, undefined, undefined],
    },
    {
      what: 'after a server that stalls',
      given: [
        (_request, response) => {
          response.writeHead(200, { 'content-length': file.length });
          response.write(file.subarray(0, 100));
        },
        rest,
      ],
      ranges: [undefined, 'bytes=100-'],
    },
    {
      what: 'by way of a redirect',
      given: [(_request, response) => response.writeHead(302, { location: '/elsewhere' }).end()],
      ranges: [undefined, undefined],
    },
    {
      what: 'a file without a stated length',
      given: [(_request, response) => response.writeHead(200).end(file)],
      ranges: [undefined],
    },
  ])('fetches $what', async ({ given, ranges, options }) => {
    if (given.length > 1 && given.at(-1) !== whole && given.at(-1) !== rest) given.push(rest);
    expect(Buffer.compare(await get(given, options), file)).toBe(0);
    expect(asked).toEqual(ranges);
  });

  it('goes on where the last command was stopped', async () => {
    writeFileSync(partialOf(target()), file.subarray(0, 777));
    expect(Buffer.compare(await get([rest]), file)).toBe(0);
    expect(asked).toEqual(['bytes=777-']);
  });

  it('starts again when what is there is longer than the file', async () => {
    writeFileSync(partialOf(target()), Buffer.concat([file, file]));
    expect(Buffer.compare(await get([status(416), whole]), file)).toBe(0);
  });

  it.each<{ what: string; given: Answer[]; says: RegExp; options?: DownloadOptions }>([
    { what: 'a missing file', given: [status(404)], says: /answers 404.*127\.0\.0\.1/ },
    {
      what: 'a server that stays busy',
      given: [500, 500, 500].map((code) => status(code)),
      says: /500.*3 times in a row/,
    },
    { what: 'a web page', given: [status(200, { 'content-type': 'text/html' })], says: /a web page/ },
    { what: 'more than was published', given: [whole], options: { bytes: 99 }, says: /more than the 99 bytes/ },
    {
      what: 'another part than was asked for',
      given: [
        cutAfter(40_000),
        (_request, response) => response.writeHead(206, { 'content-range': 'bytes 0-9/10' }).end('0123456789'),
      ],
      says: /another part/,
    },
  ])('refuses $what', async ({ given, says, options }) => {
    await expect(get(given, options)).rejects.toThrow(says);
  });

  it('stops at once when it is cancelled, and keeps what it has', async () => {
    const controller = new AbortController();
    const slow: Answer = (_request, response) => {
      response.writeHead(200, { 'content-length': file.length });
      response.write(file.subarray(0, 500), () => setTimeout(() => controller.abort(), 30));
    };
    const stopped = get([slow], { signal: controller.signal, stallMs: 60_000 });
    await expect(stopped).rejects.toMatchObject({ code: 'aborted' });
    expect(readFileSync(partialOf(target())).length).toBe(500);
  });
});

describe('hashFile', () => {
  it.each([
    ['sha256', createHash('sha256').update('what is up, doc?').digest('hex')],
    ['sha1', createHash('sha1').update('what is up, doc?').digest('hex')],
    ['git-blob', 'bd9dbf5aae1a3862dd1526723246b20206e5fc37'], // from the chapter on objects of the book Pro Git
  ] as const)('computes %s', async (algorithm, digest) => {
    writeFileSync(target(), 'what is up, doc?');
    expect(await hashFile(target(), algorithm)).toBe(digest);
  });
});

describe('fetchPublished', () => {
  const digest = createHash('sha1').update(file).digest('hex');
  const entry = { ...registry[0]!, bytes: file.length, hash: { algorithm: 'sha1', digest } as const };
  const bring = async (given: Answer[], path: string, published = entry) => {
    answers = given;
    asked = [];
    const { port } = server.address() as AddressInfo;
    const notes: string[] = [];
    const onNote = (note: string) => void notes.push(note);
    await fetchPublished(published, path, { mirror: `http://127.0.0.1:${port}/`, pauseMs: 1, onNote });
    return { notes, bytes: readFileSync(path) };
  };

  it('keeps a file with the published hash, and does not fetch it twice', async () => {
    const path = join(folder, 'right');
    expect(Buffer.compare((await bring([whole], path)).bytes, file)).toBe(0);
    expect((await bring([], path)).notes).toEqual([`${path} is there already.`]);
    expect(asked).toEqual([]);
  });

  it('does not keep a file with another', async () => {
    const path = join(folder, 'wrong');
    const other = { ...entry, hash: { ...entry.hash, digest: '0'.repeat(40) } };
    await expect(bring([whole], path, other)).rejects.toThrow(/is not alexnet-owt.*sha1 is not 0000.*not kept/);
    expect(existsSync(path)).toBe(false);
  });

  it('starts again when what an earlier download left was something else', async () => {
    const path = join(folder, 'resumed');
    writeFileSync(partialOf(path), 'not the beginning');
    expect(Buffer.compare((await bring([rest, whole], path)).bytes, file)).toBe(0);
    expect(asked).toEqual(['bytes=17-', undefined]);
  });

  it('does not overwrite what is no such file', async () => {
    const path = join(folder, 'mine');
    writeFileSync(path, 'mine');
    await expect(bring([whole], path)).rejects.toThrow(/is there, but is not/);
    expect(readFileSync(path, 'utf8')).toBe('mine');
  });
});

describe('the registry', () => {
  it.each(registry.map((entry) => [entry.name, entry] as const))('%s has a variant and a whole hash', (name, entry) => {
    expect(publishedFile(name)).toBe(entry);
    expect(variantIds).toContain(entry.variant);
    expect(entry.hash.digest).toMatch(entry.hash.algorithm === 'sha256' ? /^[0-9a-f]{64}$/ : /^[0-9a-f]{40}$/);
  });

  it('says what there is', () => {
    expect(() => publishedFile('vgg')).toThrow(/torchvision, bvlc-alexnet, caffenet, onnx-zoo, deep-compression/);
  });
});
