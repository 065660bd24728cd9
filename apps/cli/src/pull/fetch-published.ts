import { rm, stat } from 'node:fs/promises';
import { AlexNetError } from '@alexnet/core';
import { type DownloadOptions, download, partialOf } from './download.ts';
import { hashFile } from './hash-file.ts';
import type { PublishedFile } from './registry.ts';

export interface FetchOptions extends Omit<DownloadOptions, 'bytes'> {
  /** Where to fetch it from instead of the official address. */
  readonly mirror?: string | undefined;
  /** Called with what happens, a sentence. */
  readonly onNote?: (note: string) => void;
}

/**
 * Brings a published file to `path`, whose hash is then as published; one that is there is checked and left.
 * Errors: `invalid-file` when there is something else at `path`, when the download fails, when the hash is wrong; `aborted`.
 */
export async function fetchPublished(entry: PublishedFile, path: string, options: FetchOptions = {}): Promise<void> {
  const { mirror, onNote, signal } = options;
  const url = mirror ?? entry.url;
  if (await isFile(path)) {
    if (await isRight(entry, path, signal)) return onNote?.(`${path} is there already.`);
    throw new AlexNetError({
      code: 'invalid-file',
      message: `${path} is there, but is not ${entry.file}: its ${entry.hash.algorithm} is not ${entry.hash.digest}`,
      fix: 'Move it away, or choose another name for the file.',
    });
  }
  // what an earlier download left may be the beginning of something else
  const resumed = await isFile(partialOf(path));
  onNote?.(`${entry.file} from ${url}${resumed ? ', the rest' : ''}`);
  await download(url, path, { ...options, bytes: entry.bytes });
  if (await isRight(entry, path, signal)) return;
  await rm(path);
  if (resumed) {
    onNote?.('The hash is wrong: once more, from the start.');
    return fetchPublished(entry, path, options);
  }
  throw new AlexNetError({
    code: 'invalid-file',
    message: `What came is not ${entry.file}: its ${entry.hash.algorithm} is not ${entry.hash.digest}`,
    where: url,
    fix: `It was not kept. The hash is from ${entry.published}.`,
  });
}

async function isRight({ bytes, hash }: PublishedFile, path: string, signal?: AbortSignal): Promise<boolean> {
  if (bytes !== undefined && (await stat(path)).size !== bytes) return false;
  return (await hashFile(path, hash.algorithm, signal)) === hash.digest;
}

function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
}
