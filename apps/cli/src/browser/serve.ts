import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';

/** What a page can ask for. */
export interface Site {
  /** The page at `/`. */
  readonly html: string;
  /** By first part of the path: `/ort/x.wasm` is the file x.wasm of the folder `ort`. Only files directly inside are served. */
  readonly folders: Readonly<Record<string, string>>;
  /** By first part of the path: makes the answer for the rest of it; undefined: there is none. */
  readonly made: Readonly<Record<string, (name: string) => Promise<Uint8Array | undefined>>>;
}

export interface Served extends AsyncDisposable {
  readonly origin: string;
}

/** Cross-origin isolation: without it a page has no shared memory, so no threads, and a coarse clock. */
const isolation = { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp' };

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.wasm': 'application/wasm',
};

/** `/folder/name`, both of harmless characters, the name not hidden: no `..`, no separators, no escapes. */
const PATH = /^\/([a-z]+)\/([A-Za-z0-9_-][\w.-]*)$/;

/** Serves a site to this machine only, on a free port. */
export async function serve(site: Site): Promise<Served> {
  const server = createServer((request, response) => {
    answer(site, request.url ?? '/', response).catch((error: unknown) => {
      if (!response.headersSent) response.writeHead(500, isolation);
      response.end(error instanceof Error ? error.message : String(error));
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function answer({ html, folders, made }: Site, url: string, response: ServerResponse): Promise<void> {
  const path = url.split('?')[0]!;
  if (path === '/') return send(response, '.html', html);
  const [, folder, name] = PATH.exec(path) ?? [];
  const make = folder !== undefined && Object.hasOwn(made, folder) ? made[folder] : undefined;
  const content = name === undefined ? undefined : await make?.(name);
  if (content !== undefined) return send(response, '.bin', content);
  const root = folder !== undefined && Object.hasOwn(folders, folder) ? folders[folder] : undefined;
  const file = root === undefined || name === undefined ? undefined : join(root, name);
  if (file === undefined || !(await isFile(file))) {
    response.writeHead(404, isolation).end('There is no such file');
    return;
  }
  response.writeHead(200, { ...isolation, 'Content-Type': typeOf(extname(file)) });
  await pipeline(createReadStream(file), response);
}

function send(response: ServerResponse, extension: string, body: string | Uint8Array): void {
  response.writeHead(200, { ...isolation, 'Content-Type': typeOf(extension) }).end(body);
}

function typeOf(extension: string): string {
  return types[extension] ?? 'application/octet-stream';
}

async function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
}
