import { createReadStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { alexnet, alexnetJson } from '../testing/run-command.ts';

let folder: string;
let server: Server;
let address: string;
/** Addresses of shards, once for each time that one was asked for. */
const asked: string[] = [];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'alexnet bench '));
  await alexnet(
    ...['convert', 'seed:1', join(folder, 'weights'), '--to', 'native', '--variant', 'torchvision'],
    ...['--width', '0.0625', '--classes', '10', '--input-size', '64'],
  );
  server = createServer((request, response) => {
    if (request.url!.endsWith('.safetensors')) asked.push(request.url!);
    createReadStream(join(folder, request.url!))
      .on('error', () => response.writeHead(404).end())
      .pipe(response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/weights/`;
});
afterAll(async () => {
  server.close();
  await rm(folder, { recursive: true });
});

type Line = Partial<{
  record: string;
  variant: string;
  from: string;
  phase: string;
  bytes: number;
  batch: number;
  samples: number;
}>;

/** The reference backend alone, for a second. */
const bench = (...args: readonly string[]) =>
  alexnetJson<Line>('bench', '--backend', 'reference', '--batch', '1', '--budget', '1', ...args);

describe('bench --weights', () => {
  it.each([
    { where: 'a folder', source: () => join(folder, 'weights'), from: ['folder'] },
    { where: 'an address', source: () => address, from: ['network', 'cache', 'memory'] },
  ])('times the network that is in $where, and how it comes', async ({ source, from }) => {
    const { code, records } = await bench('--weights', source());
    expect(code).toBe(0);
    const deliveries = records.filter(({ record }) => record === 'delivery');
    expect(deliveries.map((record) => [record.variant, record.from])).toEqual(from.map((way) => ['torchvision', way]));
    expect(new Set(deliveries.map(({ bytes }) => bytes)).size).toBe(1);
    expect(records.filter(({ record }) => record === 'measurement').map(({ phase }) => phase)).toEqual([
      ...['load', 'compile', 'arriving', 'first-run', 'warm'],
    ]);
  });

  it('takes nothing from the network when it times the cache', async () => {
    asked.length = 0;
    const { records } = await bench('--weights', address);
    const samples = new Map(records.map(({ record, from, samples: times }) => [`${record} ${from}`, times]));
    const shards = new Set(asked).size;
    // for the oracle, to fill two caches, and while a backend compiles
    expect(asked.length / shards).toBe(samples.get('delivery network')! + 4);
  });

  it.each([
    { why: 'a network of its own', args: ['--variant', 'torchvision'], says: /goes without --variant/ },
    { why: 'a page', args: ['--in', 'chromium'], says: /goes without --in/ },
  ])('is wrong with $why', async ({ args, says }) => {
    await expect(bench('--weights', folder, ...args)).rejects.toThrow(says);
  });

  it('says how to make native weights of others', async () => {
    await expect(bench('--weights', 'seed:1')).rejects.toThrow(/alexnet convert seed:1/);
  });
});

it('bench --saturate finds a batch', async () => {
  const { records } = await bench(
    ...['--variant', 'torchvision', '--width', '0.0625', '--classes', '10', '--input-size', '64'],
    ...['--saturate', '--limit', '5'],
  );
  expect(records.find(({ record }) => record === 'saturation')).toMatchObject({
    variant: 'torchvision',
    batch: expect.any(Number),
  });
});
