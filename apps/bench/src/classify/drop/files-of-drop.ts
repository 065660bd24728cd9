import { type GivenFile, MOST_FILES } from '../weights/given-file.ts';

/** Folders in folders. */
const DEEPEST = 8;

/** The files that were dropped, with those in dropped folders. Must be called before the event ends: then the browser forgets them. */
export function filesOfDrop({ items, files }: DataTransfer): Promise<readonly GivenFile[]> {
  const entries = Array.from(items, (item) => (item.kind === 'file' ? item.webkitGetAsEntry() : null));
  const folders = entries.filter((entry) => entry?.isDirectory === true);
  const single = Array.from(files).filter((_, i) => entries[i]?.isDirectory !== true);
  return walk(folders as FileSystemDirectoryEntry[], filesOfList(single));
}

/** Files as an input gives them: those of a folder know their path in it. */
export function filesOfList(files: ArrayLike<File>): GivenFile[] {
  return Array.from(files, (file) => ({ path: file.webkitRelativePath || file.name, file }));
}

async function walk(folders: readonly FileSystemDirectoryEntry[], found: GivenFile[]): Promise<GivenFile[]> {
  const visit = async (folder: FileSystemDirectoryEntry, depth: number): Promise<void> => {
    for await (const entry of entriesOf(folder)) {
      if (found.length > MOST_FILES) return; // which the reader refuses
      if (entry.isDirectory) {
        if (depth < DEEPEST) await visit(entry as FileSystemDirectoryEntry, depth + 1);
      } else {
        const file = await new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject));
        found.push({ path: entry.fullPath.slice(1), file });
      }
    }
  };
  for (const folder of folders) await visit(folder, 0);
  return found;
}

/** A reader gives a hundred entries at a time, and none at the end. */
async function* entriesOf(folder: FileSystemDirectoryEntry): AsyncGenerator<FileSystemEntry> {
  const reader = folder.createReader();
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (some.length === 0) return;
    yield* some;
  }
}
