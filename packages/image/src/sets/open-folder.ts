import type { Dirent } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { throwIfAborted } from '@alexnet/core';
import { checkClasses, checkNames, invalid, reasonOf } from './check-set.ts';
import type { ImageItem, OpenedSet, Skipped } from './image-set.ts';

export interface OpenFolderOptions {
  /**
   * Known classes, by folder name, in the order of their labels: to evaluate a network on a set that may lack some of them.
   * Default: the folders, sorted by name.
   */
  readonly classes?: readonly string[];
  readonly signal?: AbortSignal;
}

const extensions = new Set(['.jpg', '.jpeg', '.png', '.webp', '.gif', '.tif', '.tiff', '.avif']);

interface Found {
  readonly images: string[];
  readonly ignored: Skipped[];
  readonly signal: AbortSignal | undefined;
}

/**
 * A folder with one folder of images per class, at any depth inside it. Files are told by extension; names that start with
 * a dot are passed over, other files are listed in `ignored`. No image is opened. Sorted by name, by code units: the same
 * set on every machine.
 * Errors: `invalid-file` for a folder that cannot be read, has no class folders, fewer than two, or one without images (the
 * last two not with `classes`), or a folder that is none of the `classes`; `invalid-input` for bad `classes`; `aborted`.
 */
export async function openImageFolder(folder: string, { classes, signal }: OpenFolderOptions = {}): Promise<OpenedSet> {
  if (classes !== undefined) checkNames(classes);
  const ignored: Skipped[] = [];
  const found: string[] = [];
  for (const { name, path, kind } of await entriesOf(folder, signal)) {
    if (kind === 'folder') found.push(name);
    else ignored.push({ path, reason: 'It lies in no class folder.' });
  }
  const labels = new Map((classes ?? found).map((name, label) => [name, label]));
  const stranger = found.find((name) => !labels.has(name));
  if (stranger !== undefined) {
    throw invalid(
      `The folder ${stranger} is none of the ${classes!.length} classes (${listed(classes!)})`,
      folder,
      'Rename or remove it.',
    );
  }
  if (found.length === 0) {
    throw invalid('There are no class folders in it', folder, 'Put the images of each class into a folder of its own.');
  }
  const names = classes ?? found;
  const items: ImageItem[] = [];
  for (const name of found) {
    const images: string[] = [];
    await collect(join(folder, name), { images, ignored, signal }, []);
    const label = labels.get(name)!;
    for (const path of images) items.push({ path, label });
  }
  if (classes === undefined) checkClasses(names, items, folder);
  else if (items.length === 0) throw invalid('There are no images in its class folders', folder);
  return { classes: names, items, ignored };
}

/** Images below a folder, in the order of their names. `trail` has the folders above it, so that links cannot go in a circle. */
async function collect(folder: string, found: Found, trail: readonly string[]): Promise<void> {
  const place = await realpath(folder);
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

interface Entry {
  readonly name: string;
  readonly path: string;
  readonly kind: 'file' | 'folder' | 'other';
}

async function entriesOf(folder: string, signal: AbortSignal | undefined): Promise<Entry[]> {
  throwIfAborted(signal, folder);
  const entries = await readdir(folder, { withFileTypes: true }).catch((cause: unknown) => {
    throw invalid(`The folder ${folder} cannot be opened: ${reasonOf(cause)}`, 'folder', undefined, cause);
  });
  const visible = entries.filter(({ name }) => !name.startsWith('.')).sort((a, b) => (a.name < b.name ? -1 : 1));
  const out: Entry[] = [];
  for (const entry of visible) {
    const path = join(folder, entry.name);
    out.push({ name: entry.name, path, kind: await kindOf(entry, path) });
  }
  return out;
}

async function kindOf(entry: Dirent, path: string): Promise<Entry['kind']> {
  const facts = entry.isSymbolicLink() ? await stat(path).catch(() => undefined) : entry;
  return facts?.isDirectory() ? 'folder' : facts?.isFile() ? 'file' : 'other';
}

function listed(names: readonly string[]): string {
  return names.length <= 10 ? names.join(', ') : `${names.slice(0, 10).join(', ')}, ...`;
}
