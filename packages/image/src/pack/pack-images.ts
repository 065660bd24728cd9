import { randomUUID } from 'node:crypto';
import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { AlexNetError, type Resize } from '@alexnet/core';
import { invalid, reasonOf } from '../sets/check-set.ts';
import type { ImageSet } from '../sets/image-set.ts';
import { inWorkers, type WorkerOptions, workerCount } from '../workers/in-workers.ts';
import type { Pixels, PixelsJob, Setup } from '../workers/jobs.ts';
import { encodeHeader, HEADER_BYTES, isPack } from './header.ts';
import { openPack } from './open-pack.ts';
import { packId } from './pack-id.ts';
import { encodeIndex } from './pack-index.ts';
import type { PackedItem, PackedSet } from './packed-set.ts';

export interface PackOptions extends WorkerOptions {
  /** As in the preprocessing that the set is for. Left out: images are kept as large as they are. */
  readonly resize?: Resize;
  /** The file to make. One that is there and was made from the same images is used as it is. */
  readonly file: string;
  readonly onProgress?: (progress: PackProgress) => void;
}

export interface PackProgress {
  readonly done: number;
  readonly total: number;
  /** Of those done, how many cannot be read. */
  readonly skipped: number;
}

/** Large enough to be worth a message, small enough for progress and memory. */
const IMAGES_PER_JOB = 32;

/**
 * Decodes and resizes the images of a set once, in worker threads, into one file that `loadBatches` reads instead: decoding
 * is most of the work of an epoch. Holds a few images at a time. Images that cannot be read are recorded with the reason.
 * Pixels are rounded to 8 bits, which `bilinear-antialias` does in any case; with `bilinear` and `bilinear-legacy`
 * batches differ from those of the files by up to half a level of 255.
 * The file is there whole or not at all: it gets its name when it is complete. The same images, the same bytes.
 * Errors: `invalid-file` when no image can be read, the file cannot be written or is something else than a pack;
 * `missing-dependency` (sharp); `backend-failure` for a worker that dies; `aborted`.
 */
export async function packImages(
  set: ImageSet,
  { resize, file, onProgress, ...options }: PackOptions,
): Promise<PackedSet> {
  workerCount(options);
  const id = await packId(set, resize, options.signal);
  const there = await existing(file);
  if (there?.pack.id === id) return there;

  const part = `${file}.${randomUUID()}.part`;
  const handle = await open(part, 'wx').catch((cause: unknown) => {
    throw unwritable(file, cause);
  });
  try {
    const items = await writePixels(
      handle,
      set,
      file,
      { kind: 'pixels', resize },
      { ...options, ...(onProgress && { onProgress }) },
    );
    const packed: PackedSet = { classes: set.classes, items, pack: { file, id, resize } };
    const index = encodeIndex(packed);
    const indexAt = items.reduce((end, { stored }) => ('reason' in stored ? end : endOf(stored)), HEADER_BYTES);
    await write(handle, index, indexAt, file);
    await write(handle, encodeHeader({ indexAt, indexBytes: index.length, id }), 0, file);
    await handle.sync().catch((cause: unknown) => {
      throw unwritable(file, cause);
    });
    await handle.close();
    await rename(part, file).catch((cause: unknown) => {
      throw unwritable(file, cause);
    });
    return packed;
  } catch (error) {
    await handle.close();
    await rm(part, { force: true });
    throw error;
  }
}

async function writePixels(
  handle: FileHandle,
  { items }: ImageSet,
  file: string,
  setup: Setup,
  { onProgress, ...run }: Pick<PackOptions, 'onProgress' | keyof WorkerOptions>,
): Promise<PackedItem[]> {
  const packed: PackedItem[] = [];
  let at = HEADER_BYTES;
  let skipped = 0;
  for await (const images of inWorkers<PixelsJob, Pixels[]>(jobsOf(items), { setup, ...run })) {
    for (const image of images) {
      const { path, label } = items[packed.length]!;
      if ('reason' in image) {
        skipped++;
        packed.push({ path, label, stored: image });
        continue;
      }
      const { width, height, data } = image;
      await write(handle, data, at, file);
      packed.push({ path, label, stored: { offset: at, width, height } });
      at += data.length;
    }
    onProgress?.({ done: packed.length, total: items.length, skipped });
  }
  const [first] = packed;
  if (skipped === packed.length) {
    const why = first !== undefined && 'reason' in first.stored ? `; the first: ${first.stored.reason}` : '';
    throw invalid(`None of the ${packed.length} images can be read${why.replace(/\.$/, '')}`, 'images');
  }
  return packed;
}

function* jobsOf(items: ImageSet['items']): Generator<PixelsJob> {
  for (let from = 0; from < items.length; from += IMAGES_PER_JOB) {
    yield { paths: items.slice(from, from + IMAGES_PER_JOB).map(({ path }) => path) };
  }
}

/** The pack that is there already; undefined when there is none, or one to be made anew. */
async function existing(file: string): Promise<PackedSet | undefined> {
  const head = Buffer.alloc(HEADER_BYTES);
  try {
    const handle = await open(file);
    const { bytesRead } = await handle.read(head, 0, HEADER_BYTES, 0);
    await handle.close();
    if (bytesRead > 0 && !isPack(head)) {
      throw invalid(`${file} is there already and is no pack of images`, 'file', 'Choose another name.');
    }
    return await openPack(file);
  } catch (error) {
    if (error instanceof AlexNetError && error.where === 'file') throw error;
    return undefined;
  }
}

async function write(handle: FileHandle, bytes: Uint8Array, at: number, file: string): Promise<void> {
  try {
    for (let done = 0; done < bytes.length; ) {
      done += (await handle.write(bytes, done, bytes.length - done, at + done)).bytesWritten;
    }
  } catch (cause) {
    throw unwritable(file, cause);
  }
}

function endOf({ offset, width, height }: { offset: number; width: number; height: number }): number {
  return offset + 3 * width * height;
}

function unwritable(file: string, cause: unknown): AlexNetError {
  return invalid(`The pack ${file} cannot be written: ${reasonOf(cause)}`, 'pack', undefined, cause);
}
