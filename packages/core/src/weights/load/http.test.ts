import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { AlexNetError } from '../../error.ts';
import type { LoadOptions } from './load-options.ts';
import { loadWeights } from './open-weights.ts';
import * as does from './testing/answers.ts';
import { type HostileServer, hostileServer } from './testing/hostile-server.ts';
import { differences, oneShard, type SmallSet, smallSet } from './testing/small-set.ts';

const SHARD = '/w/0.safetensors';
const MANIFEST = '/w/manifest.json';
/** For servers that say nothing. */
const impatient: LoadOptions = { stallMs: 400 };
/** Short pauses, so that tests are quick. */
const quick: LoadOptions = { pauseMs: 1, stallMs: 5000, retries: 2, random: () => 0 };

let set: SmallSet;
let size: number;
let server: HostileServer;
beforeAll(async () => {
  set = await smallSet(oneShard);
  size = set.manifest.bytes;
});
/** A new one for each test: nothing of one is left for the next. */
async function serve() {
  server = await hostileServer(new Map([...set.files].map(([name, bytes]) => [`/w/${name}`, bytes])));
  return server;
}
afterEach(() => server?.[Symbol.asyncDispose]());

const load = (options: LoadOptions = {}) => loadWeights(`${server.origin}/w/`, { ...quick, ...options });

describe('a shard arrives whole', () => {
  // biome-ignore format: a table
  it.each<{ what: string; given: does.Answer[]; asked: string[]; options?: LoadOptions }>([
    { what: 'from a proper server', given: [], asked: ['-'] },
    { what: 'of which nobody said the length', given: [does.chunked], asked: ['-'] },
    { what: 'after a cut, from there on, if it is still the same', given: [does.cutAt(40_000)], asked: ['-', '40000- if "1"'] },
    { what: 'after a cut by a server without tags, from there on', given: [does.cutAt(40_000, '')], asked: ['-', '40000-'] },
    { what: 'after a cut by a server with weak tags, which If-Range does not take', given: [does.cutAt(40_000, 'W/"1"'), does.proper('W/"1"')], asked: ['-', '40000-'] },
    { what: 'after two cuts', given: [does.cutAt(40_000), does.cutAt(70_000)], asked: ['-', '40000- if "1"', '70000- if "1"'] },
    { what: 'after a cut before the first byte', given: [does.cutAt(0)], asked: ['-', '-'] },
    { what: 'after a cut in the last byte', given: [(exchange) => does.cutAt(size - 1)(exchange)], asked: ['-', 'LAST- if "1"'] },
    { what: 'after a cut, from a server that ignores ranges: all again', given: [does.cutAt(40_000), does.whole], asked: ['-', '40000- if "1"'] },
    { what: 'after a cut, when the file changed meanwhile: all again', given: [does.cutAt(40_000, '"0"')], asked: ['-', '40000- if "0"'] },
    { what: 'after a cut, when a careless server sends a part of a file that changed', given: [does.cutAt(40_000, '"0"'), does.cutAt(100_000, '"2"')], asked: ['-', '40000- if "0"', '-'] },
    { what: 'after a cut, when the server sends another part', given: [does.cutAt(40_000), does.otherRange(39_000)], asked: ['-', '40000- if "1"', '-'] },
    { what: 'after a cut, when the server has a file of another size', given: [does.cutAt(40_000), does.otherTotal(99)], asked: ['-', '40000- if "1"', '-'] },
    { what: 'after a cut, when the server finds no such part: past the HTTP cache', given: [does.cutAt(40_000), does.status(416)], asked: ['-', '40000- if "1"', '-'] },
    { what: 'when a part comes that nobody asked for', given: [does.otherRange(9)], asked: ['-', '-'] },
    { what: 'after a server that stalls before the first byte', given: [does.stallAt(0)], asked: ['-', '-'], options: impatient },
    { what: 'after a server that stalls in the middle', given: [does.stallAt(50_000)], asked: ['-', '50000- if "1"'], options: impatient },
    { what: 'after a server that never answers', given: [does.silent], asked: ['-', '-'], options: impatient },
    { what: 'after a server that hangs up', given: [does.hangUp, does.hangUp], asked: ['-', '-', '-'] },
    { what: 'from a slow server, which takes longer in all than one may say nothing', given: [does.drip(9000, 60)], asked: ['-'], options: impatient },
    { what: 'by way of a redirect', given: [does.redirect('/w/0.safetensors?again')], asked: ['-', '-'] },
    { what: 'compressed on the way', given: [does.gzipped()], asked: ['-'] },
    { what: 'after a cut of what was compressed: all again', given: [does.gzipped(20_000)], asked: ['-', '-'] },
    { what: 'when the length is said too long', given: [does.lengthOff(9)], asked: ['-'] },
    { what: 'when the length is said too short: past the HTTP cache', given: [does.lengthOff(-9)], asked: ['-', '-'] },
    { what: 'when more follows: it is cut off', given: [does.more(1_000_000)], asked: ['-'] },
    { what: 'when a shorter file was in a cache', given: [does.shorter(50_000)], asked: ['-', '-'] },
    { what: 'when a bit was wrong: past the HTTP cache', given: [does.wrongBit], asked: ['-', '-'] },
    { what: 'from a server that fails twice', given: [does.status(503), does.status(500)], asked: ['-', '-', '-'] },
    { what: 'from a server that wants a pause', given: [does.status(429, { 'retry-after': '0' })], asked: ['-', '-'] },
  ])('$what', async ({ given, asked, options }) => {
    (await serve()).next(SHARD, ...given);
    expect(differences((await load(options)).weights, set.weights)).toEqual([]);
    expect(server.asked(SHARD)).toEqual(asked.map((range) => range.replace('LAST', String(size - 1))));
    expect(server.asked(MANIFEST)).toEqual(['-']);
  });
});

describe('a shard does not arrive', () => {
  const times = (count: number, answer: does.Answer) => Array.from({ length: count }, () => answer);
  // biome-ignore format: a table
  it.each<{ what: string; given: does.Answer[]; code: string; says: RegExp; requests: number; options?: LoadOptions }>([
    { what: 'that is not there', given: [does.status(404)], code: 'network', says: /no such file \(404\).*\/w\/0\.safetensors/, requests: 1 },
    { what: 'that nobody may read', given: [does.status(403)], code: 'network', says: /does not allow access \(403\).*`headers`/, requests: 1 },
    { what: 'of a server that does not like the request', given: [does.status(400)], code: 'network', says: /answers 400/, requests: 1 },
    { what: 'in place of which a page comes', given: [does.status(200, { 'content-type': 'text/html; charset=utf-8' })], code: 'network', says: /a web page/, requests: 1 },
    { what: 'of a server that always fails', given: times(3, does.status(502)), code: 'network', says: /fails \(502\), 3 times in a row/, requests: 3 },
    { what: 'that is not to be asked for again', given: [does.status(502)], code: 'network', says: /fails \(502\) \(/, requests: 1, options: { retries: 0 } },
    { what: 'of a server that wants an hour', given: [does.status(429, { 'retry-after': '3600' })], code: 'network', says: /fewer requests \(429\).*in 3600 s/, requests: 1 },
    { what: 'of a server that never answers', given: times(3, does.silent), code: 'network', says: /nothing came for 0\.4 s/, requests: 3, options: impatient },
    { what: 'of a server that hangs up', given: times(3, does.hangUp), code: 'network', says: /download failed/, requests: 3 },
    { what: 'of a server that always cuts at the same byte', given: times(3, does.cutAt(40_000, '', 200)), code: 'network', says: /3 times in a row/, requests: 3 },
    { what: 'of a server that redirects in circles', given: times(30, does.redirect(SHARD)), code: 'network', says: /in circles/, requests: 21 },
    { what: 'that is always wrong', given: times(2, does.wrongBit), code: 'invalid-file', says: /0\.safetensors is damaged: its SHA-256 is [0-9a-f]{64}, and by the manifest [0-9a-f]{64}/, requests: 2 },
    { what: 'that is always too short', given: times(2, does.shorter(50_000)), code: 'invalid-file', says: /a file of 50000 bytes, and there should be \d+/, requests: 2 },
  ])('$what', async ({ given, code, says, requests, options }) => {
    (await serve()).next(SHARD, ...given);
    const error = await load(options).then(() => undefined, (thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(AlexNetError);
    expect(error).toMatchObject({ code, message: expect.stringMatching(says) as string });
    expect(server.asked(SHARD)).toHaveLength(requests);
  });

  it('of a server that is not there', async () => {
    await serve();
    await server[Symbol.asyncDispose]();
    await expect(load()).rejects.toMatchObject({
      code: 'network',
      message: expect.stringMatching(/ECONNREFUSED/) as string,
    });
  });
});

describe('a request', () => {
  it('has the headers that were given, and asks for what is not compressed', async () => {
    await serve();
    await load({ headers: { authorization: 'Bearer secret' } });
    for (const headers of server.headers) {
      expect(headers).toMatchObject({ authorization: 'Bearer secret', 'accept-encoding': 'identity' });
    }
  });

  it('goes through the fetch that was given, past the HTTP cache after damage', async () => {
    (await serve()).next(SHARD, does.wrongBit);
    const modes: (string | undefined)[] = [];
    await load({
      fetch: (input, init) => {
        modes.push(init?.cache);
        return fetch(input, init);
      },
    });
    expect(modes).toEqual([undefined, undefined, 'reload']);
  });

  it('waits as long as the server says, and else longer each time', async () => {
    (await serve()).next(SHARD, does.status(503), does.status(503), does.status(429, { 'retry-after': '1' }));
    const begin = performance.now();
    await load({ retries: 3, pauseMs: 100 });
    const took = performance.now() - begin;
    // 50 (half of 100, for the random part is 0), 100, and the second that was asked for
    expect(took).toBeGreaterThan(1140);
    expect(took).toBeLessThan(3000);
  });

  it('names no credentials when it fails', async () => {
    await serve();
    const error = await loadWeights(`${server.origin}/none/?token=secret`, quick).catch((thrown: Error) => thrown);
    expect(error).toMatchObject({
      code: 'network',
      message: expect.stringMatching(/\/none\/manifest\.json\)/) as string,
    });
    expect((error as Error).message).not.toMatch(/secret/);
  });
});

describe('the manifest', () => {
  // biome-ignore format: a table
  it.each<{ what: string; given: does.Answer[]; requests: number }>([
    { what: 'comes after a cut, from the first byte', given: [does.cutAt(100)], requests: 2 },
    { what: 'comes compressed', given: [does.gzipped()], requests: 1 },
    { what: 'comes by way of a redirect to elsewhere, and the shards from where it was asked for', given: [does.redirect('/elsewhere/manifest.json')], requests: 1 },
  ])('$what', async ({ given, requests }) => {
    const manifest = set.files.get('manifest.json')!;
    server = await hostileServer(
      new Map([[SHARD, set.files.get('0.safetensors')!], [MANIFEST, manifest], ['/elsewhere/manifest.json', manifest]]),
    );
    server.next(MANIFEST, ...given);
    expect(differences((await load()).weights, set.weights)).toEqual([]);
    expect(server.asked(MANIFEST)).toHaveLength(requests);
  });

  it('is not another file', async () => {
    (await serve()).next(MANIFEST, ({ response }) => response.writeHead(200).end('{}'));
    await expect(load()).rejects.toMatchObject({ code: 'invalid-file' });
  });
});

describe('an AbortSignal', () => {
  // biome-ignore format: a table
  it.each<{ what: string; path: string; given: does.Answer }>([
    { what: 'while the manifest does not come', path: MANIFEST, given: does.silent },
    { what: 'while a shard does not come', path: SHARD, given: does.silent },
    { what: 'in the middle of a shard', path: SHARD, given: does.stallAt(50_000) },
    { what: 'in a pause', path: SHARD, given: does.status(429, { 'retry-after': '50' }) },
  ])('stops at once $what, and nothing is left', async ({ path, given }) => {
    (await serve()).next(path, given, given);
    const controller = new AbortController();
    const loading = load({ signal: controller.signal, stallMs: 60_000 });
    await expect.poll(() => server.asked(path).length).toBe(1);
    await new Promise((resolve) => setTimeout(resolve, 50));
    const begin = performance.now();
    controller.abort();
    await expect(loading).rejects.toMatchObject({ code: 'aborted' });
    expect(performance.now() - begin).toBeLessThan(5000); // the pause and the stall are longer
    await expect.poll(() => server.open()).toBe(0);
    expect(server.asked(path)).toHaveLength(1);
  });

  it('that has fired already: nobody is asked', async () => {
    await serve();
    await expect(load({ signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'aborted' });
    expect(server.paths).toEqual([]);
  });
});
