import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import sharp from 'sharp';

/** A temporary folder for files of tests. */
export interface Workspace extends AsyncDisposable {
  readonly folder: string;
  /** Path of a file in it. */
  path(name: string): string;
  /** Writes a file, with the folders above it. */
  write(name: string, data: string | Uint8Array): Promise<string>;
  /** Writes a picture without loss, in which red tells `red`, and green and blue the place. */
  picture(name: string, red: number, size?: readonly [width: number, height: number]): Promise<string>;
}

export async function workspace(): Promise<Workspace> {
  const folder = await mkdtemp(join(tmpdir(), 'alexnet-image-'));
  const path = (name: string) => join(folder, name);
  const write = async (name: string, data: string | Uint8Array) => {
    await mkdir(dirname(path(name)), { recursive: true });
    await writeFile(path(name), data);
    return path(name);
  };
  return {
    folder,
    path,
    write,
    async picture(name, red, size = [8, 6]) {
      return write(name, await png(red, size));
    },
    [Symbol.asyncDispose]: async () => rm(folder, { recursive: true }),
  };
}

export async function png(red: number, [width, height]: readonly [number, number]): Promise<Buffer> {
  const pixels = Uint8Array.from({ length: width * height * 3 }, (_, i) => {
    const place = Math.floor(i / 3);
    return i % 3 === 0 ? red : i % 3 === 1 ? (place % width) * 5 : Math.floor(place / width) * 7;
  });
  return sharp(pixels, { raw: { width, height, channels: 3 } })
    .png()
    .toBuffer();
}
