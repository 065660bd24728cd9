import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Network } from '../network.ts';
import { FakeWorker } from '../testing/fake-worker.ts';
import type { GivenFile } from './given-file.ts';
import { createNetworkStore, type NetworkStore } from './network-store.ts';

const file: GivenFile = { path: 'a.onnx', file: new File(['x'], 'a.onnx') };
const network = { name: 'a.onnx' } as Network;
const other = { name: 'other' } as Network;

let store: NetworkStore;
beforeEach(() => {
  FakeWorker.started = [];
  vi.stubGlobal('Worker', FakeWorker);
  store = createNetworkStore();
});
afterEach(() => {
  vi.unstubAllGlobals();
});
const worker = () => FakeWorker.started.at(-1)!;

describe('the network at hand', () => {
  it('is what was read, in a worker that is gone then', async () => {
    const done = store.read([file]);
    expect(store.state.value).toEqual({ kind: 'reading', name: 'a.onnx', progress: undefined });
    worker().say({ id: 0, news: { done: 1, total: 2 } });
    expect(store.state.value).toMatchObject({ progress: { done: 1, total: 2 } });
    worker().say({ id: 0, answer: { kind: 'network', network } });
    await done;
    expect(store.network.value).toBe(network);
    expect(store.state.value).toEqual({ kind: 'idle' });
    expect(worker().terminated).toBe(true);
  });

  it('stays when another cannot be read', async () => {
    const first = store.read([file]);
    worker().say({ id: 0, answer: { kind: 'network', network } });
    await first;
    const second = store.read([file]);
    const failure = { code: 'invalid-file', message: 'It is cut off.' };
    worker().say({ id: 0, failure });
    await second;
    expect(store.state.value).toEqual({ kind: 'failed', name: 'a.onnx', failure });
    expect(store.network.value).toBe(network);
  });

  it('is asked for where the files fit several', async () => {
    const first = store.read([file]);
    worker().say({ id: 0, answer: { kind: 'unclear', message: 'Which?', choices: [] } });
    await first;
    expect(store.state.value).toEqual({ kind: 'unclear', name: 'a.onnx', message: 'Which?', choices: [] });
    void store.readAs('caffenet');
    expect(worker().asked).toMatchObject([{ question: { files: [file], variant: 'caffenet' } }]);
  });

  it('is not read on when that is cancelled', async () => {
    const done = store.read([file]);
    store.cancel();
    await done;
    expect(store.state.value).toEqual({ kind: 'idle' });
    expect(worker().terminated).toBe(true);
  });

  it('is the one that was given last', async () => {
    const first = store.read([file]);
    const [early] = FakeWorker.started;
    const second = store.read([file]);
    expect(early!.terminated).toBe(true);
    worker().say({ id: 0, answer: { kind: 'network', network: other } });
    await Promise.all([first, second]);
    expect(store.network.value).toBe(other);
    expect(store.state.value).toEqual({ kind: 'idle' });
  });

  it('is that of the page only where nobody has given one', async () => {
    const start = store.start();
    worker().say({ id: 0, answer: other });
    await start;
    expect(store.network.value).toBe(other);
    await store.start();
    expect(FakeWorker.started).toHaveLength(1);
    void store.read([file]);
    await store.start();
    expect(FakeWorker.started).toHaveLength(2);
  });

  it('is not that of the page while nobody has said which network the files are', async () => {
    const read = store.read([file]);
    worker().say({ id: 0, answer: { kind: 'unclear', message: 'It fits two.', choices: [] } });
    await read;
    await store.start();
    expect(FakeWorker.started).toHaveLength(1);
    expect(store.state.value).toMatchObject({ kind: 'unclear', message: 'It fits two.' });
  });
});
