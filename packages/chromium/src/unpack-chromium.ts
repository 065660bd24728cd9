import { createReadStream, createWriteStream, existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { brotliDecompress, createBrotliDecompress } from 'node:zlib';
import { isPrivateFolder, readTar } from '@alexnet/backend-webgpu/node';
import type { ChromiumFile } from './find-chromium.ts';

/*
 * @sparticuz/chromium is a Chromium for Linux on x64 in an npm package, with SwiftShader, which gives it WebGPU without a GPU,
 * and the libraries that a bare system lacks. Its own `executablePath` unpacks into a shared folder while others may
 * already start from there; here the finished folder appears at once, and one that another user made is not trusted.
 */

/** The unpacked browser; undefined where the package is not installed or not for this platform. */
export async function unpackChromium(): Promise<ChromiumFile | undefined> {
  const found = process.platform === 'linux' && process.arch === 'x64' ? await findPackage() : undefined;
  if (found === undefined) return undefined;
  const folder = join(tmpdir(), `alexnet-chromium-${found.version}-${process.getuid?.() ?? 0}`);
  if (!(await isPrivateFolder(folder))) await unpack(join(found.folder, 'bin'), folder);
  return { executablePath: join(folder, 'chromium'), libraries: join(folder, 'lib') };
}

/** The package's `exports` hide its manifest and its files, so they are looked for above its entry. */
async function findPackage(): Promise<{ readonly folder: string; readonly version: string } | undefined> {
  let folder: string;
  try {
    folder = dirname(createRequire(import.meta.url).resolve('@sparticuz/chromium'));
  } catch {
    return undefined;
  }
  while (!existsSync(join(folder, 'bin/chromium.br'))) {
    if (folder === dirname(folder)) return undefined;
    folder = dirname(folder);
  }
  const { version } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as { version: string };
  return { folder, version };
}

async function unpack(bin: string, folder: string): Promise<void> {
  await mkdir(dirname(folder), { recursive: true });
  const partial = await mkdtemp(`${folder}-`);
  try {
    await mkdir(join(partial, 'lib'));
    const program = join(partial, 'chromium');
    await pipeline(createReadStream(join(bin, 'chromium.br')), createBrotliDecompress(), createWriteStream(program));
    await chmod(program, 0o755);
    await unpackTar(join(bin, 'swiftshader.tar.br'), partial);
    await unpackTar(join(bin, 'al2023.tar.br'), join(partial, 'lib'));
    await rename(partial, folder).catch(async (error: unknown) => {
      if (!(await isPrivateFolder(folder))) throw error; // else another process was first
    });
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
}

/** Writes all files of an archive into one folder: these archives hold no two of the same name. */
async function unpackTar(archive: string, folder: string): Promise<void> {
  const tar = await promisify(brotliDecompress)(await readFile(archive));
  for (const { name, data } of readTar(tar)) await writeFile(join(folder, basename(name)), data, { mode: 0o755 });
}
