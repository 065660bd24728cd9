import { blobSource } from '../../bytes/blob-source.ts';
import type { ByteSource } from '../../bytes/byte-source.ts';
import { fileSource } from '../../bytes/file-source.ts';
import { memorySource } from '../../bytes/memory-source.ts';
import { nodeBuiltin } from '../../bytes/node-builtin.ts';
import { AlexNetError } from '../../error.ts';
import { MANIFEST_FILE } from '../native/manifest.ts';
import type { Network } from './http/network-options.ts';
import { addressesOrigin, httpOrigin } from './origins/http-origin.ts';
import { localOrigin } from './origins/local-origin.ts';
import type { Origin } from './origins/origin.ts';

/**
 * Where weights are.
 *
 * - An address `https:` or `http:` of a `manifest.json`, or of its folder with a slash at the end.
 * - In Node a path, or a `file:` address: of a folder, a manifest, or one safetensors file.
 * - In browsers a folder that a person has chosen, or files, as dropped on a page.
 * - Contents of files by name, or addresses of files by name, of which that of `manifest.json` says the protocol of all: what bundlers
 *   make of `new URL('manifest.json', import.meta.url)`.
 * - A `Blob` or bytes of one safetensors file whose tensors have the parameters' names.
 */
export type WeightsLocation =
  | string
  | URL
  | FileSystemDirectoryHandle
  | FileList
  | readonly File[]
  | ReadonlyMap<string, Uint8Array>
  | ReadonlyMap<string, URL>
  | Blob
  | Uint8Array
  | ArrayBuffer;

/** What a location leads to: files with a manifest, or one safetensors file. */
export type Resolved =
  | { readonly kind: 'native'; readonly origin: Origin }
  | { readonly kind: 'safetensors'; readonly source: ByteSource & Partial<AsyncDisposable> };

/** Errors: `invalid-file` (nothing there), `invalid-input` (nothing that could be a location), `unsupported` (a path in a browser). */
export async function resolveLocation(location: WeightsLocation, network: Network): Promise<Resolved> {
  if (typeof location === 'string' || location instanceof URL) return resolveAddress(location, network);
  if (location instanceof ArrayBuffer) return single(memorySource(new Uint8Array(location)));
  if (location instanceof Uint8Array) return single(memorySource(location));
  if (typeof Blob !== 'undefined' && location instanceof Blob) return single(blobSource(location));
  if (location instanceof Map) return native(mapOrigin(location as ReadonlyMap<string, Uint8Array | URL>, network));
  if ('getFileHandle' in location) return native(handleOrigin(location));
  return filesOrigin(Array.from(location as ArrayLike<File>));
}

const native = (origin: Origin): Resolved => ({ kind: 'native', origin });
const single = (source: ByteSource & Partial<AsyncDisposable>): Resolved => ({ kind: 'safetensors', source });

function resolveAddress(location: string | URL, network: Network): Promise<Resolved> | Resolved {
  // a page's own address completes a relative one; in Node a text without a scheme is a path (and C: is no scheme)
  const { location: page } = globalThis as { readonly location?: { readonly href: string } };
  const fs = nodeBuiltin('node:fs');
  const text = String(location);
  const isPath = fs !== undefined && !/^[a-z][a-z\d+.-]+:/i.test(text);
  const url = isPath ? undefined : parse(text, page?.href);
  if (url !== undefined && isHttp(url)) return native(httpOrigin(url, network));
  return resolvePath(isPath ? text : localPath(url ?? text));
}

function isHttp({ protocol }: URL): boolean {
  return protocol === 'https:' || protocol === 'http:';
}

/** The path of a `file:` address. Errors: `unsupported` in browsers, `invalid-input` for any other protocol. */
function localPath(address: URL | string): string {
  const text = String(address);
  if (!(address instanceof URL) || address.protocol !== 'file:') {
    throw wrongLocation(`${JSON.stringify(text.slice(0, 100))} is no address of weights`);
  }
  const url = nodeBuiltin('node:url');
  if (url !== undefined) return url.fileURLToPath(address);
  throw new AlexNetError({
    code: 'unsupported',
    message: 'There are no files to open by path here',
    where: text,
    fix: 'Give an https: address, or files that a person has chosen.',
  });
}

function parse(text: string, base: string | undefined): URL | undefined {
  try {
    return new URL(text, base);
  } catch {
    return undefined;
  }
}

async function resolvePath(path: string): Promise<Resolved> {
  const { join, dirname, basename } = nodeBuiltin('node:path')!;
  const facts = await nodeBuiltin('node:fs')!
    .promises.stat(path)
    .catch(() => undefined);
  if (facts?.isDirectory() === true) return native(folderOrigin(path, (file) => join(path, file)));
  if (!path.endsWith('.json')) return single(await fileSource(path));
  const folder = dirname(path);
  return native(folderOrigin(folder, (file) => join(folder, file), basename(path)));
}

function folderOrigin(folder: string, pathOf: (file: string) => string, manifestFile?: string): Origin {
  return localOrigin(folder, (file) => fileSource(pathOf(file)), manifestFile);
}

function mapOrigin(files: ReadonlyMap<string, Uint8Array | URL>, network: Network): Origin {
  const manifest = files.get(MANIFEST_FILE);
  const addressOf = (file: string): URL => new URL(found(files.get(file), file) as URL);
  if (manifest instanceof URL && isHttp(manifest)) return addressesOrigin(manifest, addressOf, network);
  return localOrigin('files in memory', async (file) => {
    const content = found(files.get(file), file);
    return content instanceof URL ? fileSource(localPath(content)) : memorySource(content, file);
  });
}

function handleOrigin(folder: FileSystemDirectoryHandle): Origin {
  return localOrigin(folder.name || 'folder', async (file) => {
    const handle = await folder.getFileHandle(file).catch((cause: unknown) => {
      throw missing(file, cause);
    });
    return blobSource(await handle.getFile(), file);
  });
}

function filesOrigin(files: readonly File[]): Resolved {
  const [first] = files;
  if (first === undefined) throw wrongLocation('There are no files');
  const byName = new Map(files.map((file) => [file.name, file]));
  if (files.length === 1 && !byName.has(MANIFEST_FILE)) return single(blobSource(first));
  return native(localOrigin('files', async (file) => blobSource(found(byName.get(file), file), file)));
}

function found<T>(value: T | undefined, file: string): T {
  if (value === undefined) throw missing(file);
  return value;
}

function missing(file: string, cause?: unknown): AlexNetError {
  return new AlexNetError({
    code: 'invalid-file',
    message: `The file ${file} is missing`,
    where: file,
    fix: `Give the whole folder: ${MANIFEST_FILE} and all files that it names.`,
    cause,
  });
}

function wrongLocation(message: string): AlexNetError {
  const fix = 'Give an https: address, a path, files, a Blob or bytes.';
  return new AlexNetError({ code: 'invalid-input', message, where: 'location', fix });
}
