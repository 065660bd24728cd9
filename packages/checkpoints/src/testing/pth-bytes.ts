import { dict, int, littleEndian, pickleBytes, short, tuple } from './pickle-bytes.ts';
import { type ZipPart, zipBytes } from './zip-bytes.ts';

/** Builds files as `torch.save` writes them, right or wrong. */

export interface TorchTensorFields {
  /** The storage's name in the file. */
  readonly key?: string;
  readonly type?: string;
  readonly elements?: number;
  readonly offset?: number;
  readonly size?: readonly number[];
  readonly stride?: readonly number[];
  /** The last item of a storage's id in old files. */
  readonly view?: Uint8Array;
  readonly rebuild?: string;
  /** Arguments after `size` and `stride`. */
  readonly more?: readonly (string | Uint8Array)[];
}

/** The call that rebuilds a tensor; by default [2, 3] of float32, dense. */
export function tensorPickle(tensor: TorchTensorFields = {}): Uint8Array {
  const { key = '0', type = 'torch\nFloatStorage', elements = 6, offset = 0, size = [2, 3], stride = [3, 1] } = tensor;
  const { rebuild = 'torch._utils\n_rebuild_tensor_v2', more = [pickleBytes(0x89), 'ccollections\nOrderedDict\n)R'] } =
    tensor;
  const id = tuple(
    short('storage'),
    `c${type}\n`,
    short(key),
    short('cpu'),
    int(elements),
    ...(tensor.view ? [tensor.view] : []),
  );
  return pickleBytes(
    `c${rebuild}\n`,
    tuple(pickleBytes(id, 'Q'), int(offset), tuple(...size.map(int)), tuple(...stride.map(int)), ...more),
    'R',
  );
}

export const orderedDict = (entries: Readonly<Record<string, string | Uint8Array>>): Uint8Array =>
  pickleBytes(
    'ccollections\nOrderedDict\n)R(',
    ...Object.entries(entries).flatMap(([key, value]) => [short(key), value]),
    'u',
  );

export interface PthFields {
  readonly value: Uint8Array;
  readonly storages: Readonly<Record<string, Uint8Array>>;
  readonly byteorder?: string;
  readonly deflate?: boolean;
  readonly more?: readonly ZipPart[];
}

export function zipPth({ value, storages, byteorder = 'little', deflate = false, more = [] }: PthFields): Uint8Array {
  return zipBytes([
    { name: 'archive/data.pkl', data: pickleBytes(0x80, 2, value, '.'), deflate },
    { name: 'archive/byteorder', data: pickleBytes(byteorder), deflate },
    ...Object.entries(storages).map(([key, data]) => ({ name: `archive/data/${key}`, data, deflate, padding: 13 })),
    { name: 'archive/version', data: pickleBytes('3\n') },
    ...more,
  ]);
}

export const MAGIC = pickleBytes(0x80, 2, 0x8a, 10, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19, '.');

export interface LegacyFields {
  readonly value: Uint8Array;
  /** `[key, elements, bytes]`, in the file's order. */
  readonly storages: readonly (readonly [key: string, elements: number, bytes: Uint8Array])[];
  readonly protocol?: number;
  readonly littleEndian?: boolean;
}

export function legacyPth(file: LegacyFields): Uint8Array {
  const { value, storages, protocol = 1001, littleEndian: little = true } = file;
  return pickleBytes(
    MAGIC,
    pickleBytes(0x80, 2, int(protocol), '.'),
    pickleBytes(
      0x80,
      2,
      dict({ protocol_version: int(protocol), little_endian: pickleBytes(little ? 0x88 : 0x89) }),
      '.',
    ),
    pickleBytes(0x80, 2, value, '.'),
    pickleBytes(0x80, 2, '](', ...storages.map(([key]) => short(key)), 'e.'),
    ...storages.flatMap(([, elements, bytes]) => [littleEndian(elements, 8), bytes]),
  );
}
