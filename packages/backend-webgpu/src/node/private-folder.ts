import { lstat } from 'node:fs/promises';

/** Whether a folder is there, the user's own, no link, and closed to others: only such a one in a temporary folder holds what may be loaded. */
export async function isPrivateFolder(folder: string): Promise<boolean> {
  const found = await lstat(folder).catch(() => undefined);
  return found?.isDirectory() === true && found.uid === process.getuid?.() && (found.mode & 0o077) === 0;
}
