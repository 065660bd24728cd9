/*
 * Keeps the page for times without a network: all that it consists of at once, workers, engines and photographs when they are used. A kept answer has
 * the headers that it came with, so a page that was cross-origin isolated still is.
 */

/** Put in by plugins/offline.ts. */
declare const SITE_FILES: {
  /** Changes when any file does. */
  readonly version: string;
  /** What the page needs to open, relative to it. */
  readonly shell: readonly string[];
  /** Every file of the site whose name changes with its content. */
  readonly hashed: readonly string[];
};

/** The part of a service worker that is used here; its types and those of pages exclude each other. */
interface Worker {
  readonly registration: { readonly scope: string };
  readonly clients: { claim(): Promise<void> };
  skipWaiting(): Promise<void>;
  addEventListener(type: 'install' | 'activate', listener: (event: Extendable) => void): void;
  addEventListener(type: 'fetch', listener: (event: Asked) => void): void;
}

interface Extendable {
  waitUntil(work: Promise<unknown>): void;
}

interface Asked {
  readonly request: Request;
  respondWith(answer: Promise<Response>): void;
}

const { version, shell, hashed } = SITE_FILES;
const worker = globalThis as unknown as Worker;
const { scope } = worker.registration;
const prefix = `alexnet ${scope} `;
const absolute = (file: string) => new URL(file, scope).href;

/** What the page consists of, of this version. */
const shellName = `${prefix}${version}`;
/** What was used. Names change with content, so versions may share it. */
const usedName = `${prefix}used`;
const lasting = new Set(hashed.map(absolute));

worker.addEventListener('install', (event) => {
  event.waitUntil(keepShell());
});

worker.addEventListener('activate', (event) => {
  event.waitUntil(dropOld().then(() => worker.clients.claim()));
});

worker.addEventListener('fetch', (event) => {
  const { request } = event;
  if (request.method !== 'GET' || request.headers.has('range')) return;
  if (request.mode === 'navigate' && request.url.split(/[?#]/)[0] === scope) event.respondWith(newest(request));
  else if (lasting.has(request.url)) event.respondWith(keptOrFetched(request));
});

async function keepShell(): Promise<void> {
  const cache = await caches.open(shellName);
  await cache.addAll(shell.map(absolute));
  await worker.skipWaiting();
}

async function dropOld(): Promise<void> {
  for (const name of await caches.keys()) {
    if (name.startsWith(prefix) && name !== shellName && name !== usedName) await caches.delete(name);
  }
  const used = await caches.open(usedName);
  for (const request of await used.keys()) if (!lasting.has(request.url)) await used.delete(request);
}

/** The page itself has no hash in its name: a kept one is only for times without a network. */
async function newest(request: Request): Promise<Response> {
  try {
    return await fetch(request);
  } catch (error) {
    const kept = await caches.match(scope);
    if (kept === undefined) throw error;
    return kept;
  }
}

async function keptOrFetched(request: Request): Promise<Response> {
  const kept = await caches.match(request.url);
  if (kept !== undefined) return kept;
  const response = await fetch(request);
  if (response.ok) {
    const cache = await caches.open(usedName);
    // where there is no room for it, it works all the same
    await cache.put(request.url, response.clone()).catch(() => undefined);
  }
  return response;
}
