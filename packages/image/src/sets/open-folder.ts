import { checkClasses, checkNames, invalid } from './check-set.ts';
import { entriesOf, findImages } from './find-images.ts';
import type { ImageItem, OpenedSet, Skipped } from './image-set.ts';

export interface OpenFolderOptions {
  /**
   * Known classes, by folder name, in the order of their labels: to evaluate a network on a set that may lack some of them.
   * Default: the folders, sorted by name, or by number where all are numbers: a list means these classes by the same numbers.
   */
  readonly classes?: readonly string[];
  readonly signal?: AbortSignal;
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
  const folders = new Map<string, string>();
  for (const { name, path, kind } of await entriesOf(folder, signal)) {
    if (kind === 'folder') folders.set(name, path);
    else ignored.push({ path, reason: 'It lies in no class folder.' });
  }
  const found = inOrder([...folders.keys()]);
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
    const { images, ignored: others } = await findImages(folders.get(name)!, signal);
    for (const other of others) ignored.push(other); // there may be more of them than a call takes arguments
    const label = labels.get(name)!;
    for (const path of images) items.push({ path, label });
  }
  if (classes === undefined) checkClasses(names, items, folder);
  else if (items.length === 0) throw invalid('There are no images in its class folders', folder);
  return { classes: names, items, ignored };
}

/** Of names that are sorted by code units. */
function inOrder(names: readonly string[]): readonly string[] {
  return names.every((name) => /^\d{1,15}$/.test(name)) ? names.toSorted((a, b) => Number(a) - Number(b)) : names;
}

function listed(names: readonly string[]): string {
  return names.length <= 10 ? names.join(', ') : `${names.slice(0, 10).join(', ')}, ...`;
}
