import { type ByteSource, type Dtype, dtypeBytes, type ReadOptions } from '@alexnet/core';
import { damaged } from '../damaged.ts';
import { pythonGlobals } from '../pickle/allowed.ts';
import { unpickle } from '../pickle/unpickle.ts';
import { isKind, type PickleValue, textOf } from '../pickle/values.ts';
import { sliceSource } from '../slice-source.ts';
import { uint64, viewOf } from '../zip/records.ts';
import { torchGlobals } from './globals.ts';
import { readStorageId } from './rebuild.ts';
import { type TorchFile, wholeModel } from './torch-file.ts';

const MAGIC = 0x1950a86a20f9469cfc6cn;
const PROTOCOL = 1001;

/**
 * Opens a .pth of PyTorch before 1.6 (torch/serialization.py, `_legacy_save`): five pickles one after the other, a magic number, a
 * protocol number, facts of the machine, the value and the storages' keys; then for each key a 64-bit number of elements, and these.
 * Errors: `invalid-file`, `aborted`.
 */
export async function openLegacyFile(source: ByteSource, options?: ReadOptions): Promise<TorchFile> {
  const allowed = pythonGlobals;
  const magic = await unpickle(source, { ...options, allowed });
  if (magic.value !== MAGIC) throw damaged("The file does not begin with PyTorch's magic number", source.name, 0);
  const protocol = await unpickle(source, { ...options, allowed, offset: magic.end });
  if (protocol.value !== PROTOCOL) throw damaged('The protocol of the file is not known', source.name, magic.end);
  const system = await unpickle(source, { ...options, allowed, offset: protocol.end });
  const { value, end, references } = await unpickle(source, {
    ...options,
    allowed: torchGlobals,
    persistent: true,
    offset: system.end,
    fix: wholeModel,
  });
  const keys = await unpickle(source, { ...options, allowed, offset: end });
  const stored = await locate(source, keys.end, keysOf(keys.value, source.name), dtypesOf(references), options);
  const bigEndian = isBigEndian(system.value);
  return {
    value,
    where: source.name,
    storages: {
      find({ key, dtype, elements }, where) {
        const place = stored.get(key);
        if (place === undefined) throw damaged(`The storage ${JSON.stringify(key.slice(0, 40))} is missing`, where);
        if (place.dtype !== dtype || place.elements < elements) {
          const facts = `${elements} elements of ${dtype} should be stored`;
          throw damaged(`${facts} but there are ${place.elements} of ${place.dtype}`, where);
        }
        const bytes = sliceSource(source, place.offset, elements * dtypeBytes[dtype]);
        return { elements, bigEndian, open: async () => bytes };
      },
    },
  };
}

interface Place {
  readonly dtype: Dtype;
  readonly elements: number;
  readonly offset: number;
}

/** Goes from storage to storage: each tells how long it is, in elements. */
async function locate(
  source: ByteSource,
  start: number,
  keys: readonly string[],
  dtypes: ReadonlyMap<string, Dtype>,
  options?: ReadOptions,
): Promise<Map<string, Place>> {
  const places = new Map<string, Place>();
  let at = start;
  for (const key of keys) {
    const where = `storage ${JSON.stringify(key.slice(0, 40))}`;
    const dtype = dtypes.get(key);
    if (dtype === undefined || places.has(key)) throw damaged('The storage is not in use, or is listed twice', where);
    const elements = uint64(viewOf(await source.read(at, 8, options)), 0, where);
    const place = { dtype, elements, offset: at + 8 };
    at = place.offset + elements * dtypeBytes[dtype];
    if (at > source.size) throw damaged(`${elements} elements should follow, but the file ends before`, where, at);
    places.set(key, place);
  }
  return places;
}

function keysOf(value: PickleValue, where: string): string[] {
  const keys = isKind(value, 'list', 'tuple') ? value.items.map(textOf) : [];
  const texts = keys.filter((key) => key !== undefined);
  if (!isKind(value, 'list', 'tuple') || texts.length !== keys.length) {
    throw damaged('The file has no list of storages', where);
  }
  return texts;
}

/** The element types of all storages that the value refers to, tensors of the state dict or not. */
function dtypesOf(references: readonly PickleValue[]): Map<string, Dtype> {
  return new Map(
    references.map((id) => {
      const { key, dtype } = readStorageId(id, 'a storage');
      return [key, dtype];
    }),
  );
}

function isBigEndian(system: PickleValue): boolean {
  if (!isKind(system, 'dict')) return false;
  return system.entries.some(([key, value]) => textOf(key) === 'little_endian' && value === false);
}
