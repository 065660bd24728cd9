import { fileURLToPath } from 'node:url';
import { preview } from 'vite';
import { inject } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));

const isolation = { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp' };

/** No script but its own files; the engines compile WebAssembly, and tfjs starts its threads from text of its own. */
const policy = {
  'Content-Security-Policy': [
    "default-src 'none'",
    "script-src 'self' 'wasm-unsafe-eval' blob:",
    "worker-src 'self' blob:",
    "style-src 'self'",
    "img-src 'self' data: blob:",
    "media-src 'self' blob:",
    "connect-src 'self' blob: data:",
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; '),
};

export interface Served extends AsyncDisposable {
  readonly url: string;
}

/** Serves the page to this machine, in a folder of the site and under a strict content policy. */
export async function serveSite({ isolated = true }: { readonly isolated?: boolean } = {}): Promise<Served> {
  const server = await preview({
    configFile: false,
    root,
    base: '/some/folder/',
    build: { outDir: inject('site') },
    preview: { port: 0, allowedHosts: true, headers: isolated ? { ...policy, ...isolation } : policy },
    logLevel: 'error',
  });
  return {
    url: server.resolvedUrls!.local[0]!,
    [Symbol.asyncDispose]: () => server.close(),
  };
}
