import { type CacheKind, load } from './load.ts';

// A worker: loads what it is told to, once.
self.addEventListener('message', ({ data }: MessageEvent<{ address: string; kind: CacheKind }>) => {
  void load(data.address, data.kind).then((loaded) => self.postMessage(loaded, { transfer: [] }));
});
