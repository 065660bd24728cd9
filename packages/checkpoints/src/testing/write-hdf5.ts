import * as h5wasm from 'h5wasm';

/*
 * Small HDF5 files for tests, written by the library's public module.
 */

export interface Hdf5Spec {
  readonly attributes?: Readonly<Record<string, string | readonly string[]>>;
  readonly groups?: Readonly<Record<string, Hdf5Spec>>;
  readonly datasets?: Readonly<Record<string, DatasetSpec>>;
}

export interface DatasetSpec {
  readonly shape: readonly number[];
  readonly data:
    | Float32Array
    | Float64Array
    | Uint16Array
    | Int8Array
    | Uint32Array
    | BigInt64Array
    | readonly string[];
  /** h5wasm's name of the type; default: that of the data. */
  readonly dtype?: string;
  readonly chunks?: readonly number[];
  /** Deflate, 1 to 9. */
  readonly level?: number;
  readonly attributes?: Readonly<Record<string, string>>;
}

/** `size` different numbers. */
export function ramp(size: number, from = 0): Float32Array {
  return Float32Array.from({ length: size }, (_, i) => from + i / 8);
}

/** A float32 dataset of the numbers of `ramp`. */
export function rampOf(shape: readonly number[], from = 0): DatasetSpec {
  return {
    shape,
    data: ramp(
      shape.reduce((product, extent) => product * extent, 1),
      from,
    ),
  };
}

/**
 * The bytes of an HDF5 file, the same every time. Oldest structures: those that Keras's files have, without checksums; newest: others,
 * with checksums.
 */
export async function writeHdf5(
  spec: Hdf5Spec,
  structures: 'oldest' | 'newest' = 'oldest',
): Promise<Uint8Array<ArrayBuffer>> {
  const { FS } = await h5wasm.ready;
  const path = '/written.h5';
  const { now } = Date;
  // HDF5 notes when a dataset was written
  Date.now = () => 0;
  const file = new h5wasm.File(path, 'w', { libver: structures === 'oldest' ? ['earliest', 'latest'] : 'latest' });
  try {
    write(file, spec);
  } finally {
    file.close();
    Date.now = now;
  }
  return new Uint8Array(FS.readFile(path));
}

function write(group: h5wasm.Group, { attributes = {}, groups = {}, datasets = {} }: Hdf5Spec): void {
  for (const [name, value] of Object.entries(attributes)) {
    group.create_attribute(name, typeof value === 'string' ? value : [...value]);
  }
  for (const [name, { data, shape, dtype, chunks, level, attributes: own = {} }] of Object.entries(datasets)) {
    const dataset = group.create_dataset({
      name,
      data: ArrayBuffer.isView(data) ? data : [...data],
      shape: [...shape],
      ...(dtype === undefined ? {} : { dtype }),
      ...(chunks === undefined ? {} : { chunks: [...chunks] }),
      ...(level === undefined ? {} : { compression: level }),
    });
    for (const [key, value] of Object.entries(own)) dataset.create_attribute(key, value);
  }
  for (const [name, inner] of Object.entries(groups)) write(group.create_group(name), inner);
}
