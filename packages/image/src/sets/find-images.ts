import type { Dirent } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { throwIfAborted } from '@alexnet/core';
import { invalid, reasonOf } from './check-set.ts';
import type { Skipped } from './image-set.ts';

const extensions = new Set(['.jpg', '.jpeg', '.png', '.webp', '.gif', '.tif', '.tiff', '.avif']);

export interface FoundImages {
  readonly images: readonly string[];
  /** Everything else, and why. */
  readonly ignored: readonly Skipped[];
}

/**
 * Images below a folder, at any depth, told by extension, in the order of their names; what starts with a dot is passed over. None is opened.
 * Errors: `invalid-file` for a folder that cannot be read; `aborted`.
 */
export async function findImages(folder: string, signal?: AbortSignal): Promise<FoundImages> {
  const found: Found = { images: [], ignored: [], signal };
  await collect(folder, found, []);
  return found;
}

interface Found {
  readonly images: string[];
  readonly ignored: Skipped[];
  readonly signal: AbortSignal | undefined;
}

/** `trail` has the folders above it, so that links cannot go in a circle. */
async function collect(folder: string, found: Found, trail: readonly string[]): Promise<void> {
  const place = await realpath(folder).catch(unopened(folder));
  if (trail.includes(place)) {
    found.ignored.push({ path: folder, reason: 'It is a link to a folder that it lies in.' });
    return;
  }
  for (const { path, kind } of await entriesOf(folder, found.signal)) {
    if (kind === 'folder') await collect(path, found, [...trail, place]);
    else if (kind === 'other') found.ignored.push({ path, reason: 'It is neither a file nor a folder.' });
    else if (extensions.has(extname(path).toLowerCase())) found.images.push(path);
    else found.ignored.push({ path, reason: `Its extension is none of ${[...extensions].join(', ')}.` });
  }
}

/** What lies in a folder. */
export interface Entry {
  readonly name: string;
  readonly path: string;
  readonly kind: 'file' | 'folder' | 'other';
}

/** But for names that start with a dot, sorted by code units: the same on every machine. Errors: `invalid-file`, `aborted`. */
export async function entriesOf(folder: string, signal: AbortSignal | undefined): Promise<Entry[]> {
  throwIfAborted(signal, folder);
  const entries = await readdir(folder, { withFileTypes: true }).catch(unopened(folder));
  const visible = entries.filter(({ name }) => !name.startsWith('.')).sort((a, b) => (a.name < b.name ? -1 : 1));
  const out: Entry[] = [];
  for (const entry of visible) {
    const path = join(folder, entry.name);
    out.push({ name: entry.name, path, kind: await kindOf(entry, path) });
  }
  return out;
}

function unopened(folder: string) {
  return (cause: unknown): never => {
    throw invalid(`The folder ${folder} cannot be opened: ${reasonOf(cause)}`, 'folder', undefined, cause);
  };
}

async function kindOf(entry: Dirent, path: string): Promise<Entry['kind']> {
  const facts = entry.isSymbolicLink() ? await stat(path).catch(() => undefined) : entry;
  return facts?.isDirectory() ? 'folder' : facts?.isFile() ? 'file' : 'other';
}
