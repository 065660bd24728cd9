import { type CacheKind, cacheOf, type Loaded, load } from './load.ts';

/*
 * What a page does. Each scenario returns plain data.
 */

/** In the page itself; short pauses. */
export const loadHere = (address: string, kind?: CacheKind): Promise<Loaded> =>
  load(address, kind, { pauseMs: 1, stallMs: 1500, random: () => 0 });

/** In workers, all at the same time. */
export async function loadInWorkers(address: string, kind: CacheKind, count: number): Promise<Loaded[]> {
  const workers = Array.from({ length: count }, () => new Worker('/worker.js', { type: 'module' }));
  const results = workers.map(
    (worker) =>
      new Promise<Loaded>((resolve, reject) => {
        worker.addEventListener('message', ({ data }: MessageEvent<Loaded>) => resolve(data));
        worker.addEventListener('error', ({ message }) => reject(new Error(message)));
        worker.postMessage({ address, kind }, []); // nothing to transfer
      }),
  );
  try {
    return await Promise.all(results);
  } finally {
    for (const worker of workers) worker.terminate();
  }
}

/** Makes one byte of an entry wrong, or cuts the entry off. */
export async function damage(kind: CacheKind, key: string, how: 'wrong' | 'cut'): Promise<void> {
  const cache = cacheOf(kind);
  const bytes = new Uint8Array((await cache.get(key))!);
  bytes[100]! ^= 1;
  await cache.put(key, how === 'wrong' ? bytes : bytes.subarray(9));
}

/** What is in the cache. */
export async function keys(kind: CacheKind): Promise<string[]> {
  if (kind === 'cacheApi') {
    const requests = await (await caches.open('alexnet-weights')).keys();
    return requests.map(({ url }) => url.split('/').at(-1)!).sort();
  }
  const folder = await (await navigator.storage.getDirectory()).getDirectoryHandle('alexnet-weights');
  const names: string[] = [];
  for await (const name of (folder as unknown as { keys(): AsyncIterable<string> }).keys()) names.push(name);
  return names.sort();
}

/** Puts, gets, deletes; what was there after each. */
export async function putGetDelete(kind: CacheKind, key: string) {
  const cache = cacheOf(kind);
  const sizeNow = async () => (await cache.get(key))?.length;
  const before = await sizeNow();
  const around = new Uint8Array(3000).fill(9);
  await cache.put(key, around.subarray(7, 1010));
  around.fill(0);
  const put = await sizeNow();
  const [first] = (await cache.get(key))!;
  await cache.put(key, new Uint8Array(5));
  const again = await sizeNow();
  await cache.delete(key);
  await cache.delete(key);
  return { before, put, first, again, deleted: await sizeNow() };
}

/** As a browser that does not say how much room there is: only writing shows that there is none. */
export function hideQuota(): void {
  navigator.storage.estimate = async () => ({});
}

/** A folder of the origin's own file system, into which files were downloaded, stands for one that a person has chosen. */
export async function loadFolder(address: string, files: readonly string[], how: 'folder' | 'files'): Promise<Loaded> {
  const root = await navigator.storage.getDirectory();
  const folder = await root.getDirectoryHandle('chosen', { create: true });
  const chosen: File[] = [];
  for (const name of files) {
    const handle = await folder.getFileHandle(name, { create: true });
    const stream = await handle.createWritable();
    await stream.write(await (await fetch(new URL(name, address))).arrayBuffer());
    await stream.close();
    chosen.push(await handle.getFile());
  }
  return load(how === 'folder' ? folder : chosen);
}

/** How a load that is cancelled in the middle ends. */
export async function cancel(address: string, afterMs: number): Promise<string> {
  const controller = new AbortController();
  setTimeout(() => controller.abort(), afterMs);
  return load(address, undefined, { signal: controller.signal }).then(
    () => 'done',
    ({ code, message }: { readonly code?: string; readonly message: string }) => code ?? message,
  );
}
