import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { constants, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { brotliDecompress } from 'node:zlib';
import { isPrivateFolder } from './private-folder.ts';
import { readTar } from './tar.ts';

/*
 * SwiftShader, a Vulkan driver in software, for machines without a GPU: Linux on x64. It comes with Chromium, and with the
 * npm package @sparticuz/chromium, together with a Vulkan loader.
 */

const MANIFEST = 'vk_swiftshader_icd.json';

/** Where Linux distributions install Chromium. */
const installed = ['/usr/lib/chromium', '/opt/google/chrome', '/usr/lib64/chromium-browser'];

/**
 * Adds the software driver behind the machine's own Vulkan drivers, unless the user chose drivers. It must be called in the main thread
 * and before the first adapter is asked for: only there does the loader see what is set. Does nothing where there is no driver.
 */
export async function useSoftwareDriver(): Promise<void> {
  const { env, platform, arch } = process;
  if (platform !== 'linux' || arch !== 'x64') return;
  if (env['VK_DRIVER_FILES'] !== undefined || env['VK_ICD_FILENAMES'] !== undefined) return;
  const folder =
    (await unpacked().catch(() => undefined)) ?? installed.find((each) => existsSync(join(each, MANIFEST)));
  if (folder === undefined) return;
  const more = env['VK_ADD_DRIVER_FILES'];
  env['VK_ADD_DRIVER_FILES'] = [...(more === undefined ? [] : [more]), join(folder, MANIFEST)].join(':');
  if (!keepLibrary('libvulkan.so.1')) keepLibrary(join(folder, 'libvulkan.so.1'));
}

/** The driver out of the npm package, unpacked once per version and user. */
async function unpacked(): Promise<string | undefined> {
  const archive = findArchive();
  if (archive === undefined) return undefined;
  const { version } = JSON.parse(await readFile(join(archive, '../../package.json'), 'utf8')) as { version: string };
  const tar = async () => promisify(brotliDecompress)(await readFile(archive));
  return unpackOnce(tar, join(tmpdir(), `alexnet-swiftshader-${version}-${process.getuid?.() ?? 0}`));
}

/**
 * Unpacks a driver into a folder, unless it is there already, and returns the folder. Temporary folders are everyone's: what another user made
 * under this name is not loaded, and what a cleaner left without its files is made anew; then the driver may be in another folder.
 */
export async function unpackOnce(tar: () => Promise<Uint8Array>, folder: string): Promise<string> {
  if (await isOurs(folder)) return folder;
  await mkdir(dirname(folder), { recursive: true });
  const fresh = await mkdtemp(`${folder}-`); // no other user may read or write it
  try {
    for (const { name, data } of readTar(await tar())) {
      await writeFile(join(fresh, name.split('/').at(-1)!), data, { mode: 0o755 });
    }
    await rm(folder, { recursive: true, force: true }).catch(() => {});
    await rename(fresh, folder);
    return folder;
  } catch (error) {
    // another process may have been first
    const other = await isOurs(folder);
    if (!other && existsSync(join(fresh, MANIFEST))) return fresh;
    await rm(fresh, { recursive: true, force: true });
    if (other) return folder;
    throw error;
  }
}

/** Whether a folder is whole, the user's own, and closed to others. */
async function isOurs(folder: string): Promise<boolean> {
  const files = [MANIFEST, 'libvk_swiftshader.so', 'libvulkan.so.1'];
  return (await isPrivateFolder(folder)) && files.every((file) => existsSync(join(folder, file)));
}

function findArchive(): string | undefined {
  let folder: string;
  try {
    folder = dirname(createRequire(import.meta.url).resolve('@sparticuz/chromium'));
  } catch {
    return undefined;
  }
  for (; folder !== dirname(folder); folder = dirname(folder)) {
    const archive = join(folder, 'bin/swiftshader.tar.br');
    if (existsSync(archive)) return archive;
  }
  return undefined;
}

/**
 * Loads a library for good, so that Dawn's own search for it by name finds it. Node sees that it is no addon and says so,
 * but with this flag of glibc it stays.
 */
function keepLibrary(file: string): boolean {
  const NO_DELETE = 0x1000;
  try {
    const { RTLD_NOW, RTLD_GLOBAL } = constants.dlopen;
    process.dlopen({ exports: {} }, file, RTLD_NOW | RTLD_GLOBAL | NO_DELETE);
    return true;
  } catch (error) {
    return error instanceof Error && error.message.includes('did not self-register');
  }
}
