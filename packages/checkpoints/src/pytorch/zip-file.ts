import { AlexNetError, type ByteSource, dtypeBytes, type ReadOptions } from '@alexnet/core';
import { damaged } from '../damaged.ts';
import { unpickle } from '../pickle/unpickle.ts';
import { openZip, type ZipArchive } from '../zip/open-zip.ts';
import { torchGlobals } from './globals.ts';
import { type TorchFile, wholeModel } from './torch-file.ts';

/**
 * Opens a .pth of PyTorch 1.6 or later: a ZIP archive with `NAME/data.pkl`, `NAME/data/KEY` for every storage, and `NAME/byteorder`
 * (little-endian where it is missing). Errors: `invalid-file`, `aborted`.
 */
export async function openZipFile(source: ByteSource, options?: ReadOptions): Promise<TorchFile> {
  const zip = await openZip(source, options);
  const pickles = [...zip.entries.keys()].filter((name) => name === 'data.pkl' || name.endsWith('/data.pkl'));
  const [pickle] = pickles;
  if (pickle === undefined || pickles.length > 1) {
    throw damaged(`The ZIP archive has ${pickles.length} entries data.pkl, not one`, source.name);
  }
  const folder = pickle.slice(0, -'data.pkl'.length);
  if (zip.entries.has(`${folder}constants.pkl`)) throw script(source.name);
  const bigEndian = await isBigEndian(zip, `${folder}byteorder`, options);
  const { value } = await unpickle(await zip.open(pickle, options), {
    ...options,
    allowed: torchGlobals,
    persistent: true,
    where: 'data.pkl',
    fix: wholeModel,
  });
  const open = openLast(zip);
  return {
    value,
    where: 'data.pkl',
    storages: {
      find({ key, dtype, elements }, where) {
        const name = `${folder}data/${key}`;
        const entry = zip.entries.get(name);
        if (entry === undefined) throw damaged(`The storage ${JSON.stringify(key.slice(0, 40))} is missing`, where);
        if (elements * dtypeBytes[dtype] > entry.size) {
          throw damaged(`${elements} elements of ${dtype} should be stored in ${entry.size} bytes`, where);
        }
        return { elements, bigEndian, open: (reading) => open(name, reading) };
      },
    },
  };
}

async function isBigEndian(zip: ZipArchive, name: string, options?: ReadOptions): Promise<boolean> {
  const entry = zip.entries.get(name);
  if (entry === undefined) return false;
  const order = entry.size > 16 ? '' : await textOf(zip, name, options);
  if (order === 'little' || order === 'big') return order === 'big';
  throw damaged('The byte order is neither little nor big', `entry ${name}`);
}

async function textOf(zip: ZipArchive, name: string, options?: ReadOptions): Promise<string> {
  const entry = await zip.open(name, options);
  return new TextDecoder().decode(await entry.read(0, entry.size, options));
}

/** Keeps the last entry open: a storage that somebody packed is unpacked once, not for every piece that is read of it. */
function openLast(zip: ZipArchive): ZipArchive['open'] {
  let last: { readonly name: string; readonly source: ByteSource } | undefined;
  return async (name, options) => {
    if (last?.name !== name) last = { name, source: await zip.open(name, options) };
    return last.source;
  };
}

function script(where: string): AlexNetError {
  return new AlexNetError({
    code: 'invalid-file',
    message: 'The file is a TorchScript program, not a state dict',
    where,
    fix: 'In Python: torch.save(torch.jit.load(path).state_dict(), "weights.pth").',
  });
}
